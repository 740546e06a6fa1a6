# Ctrl-C in a loop, in sleep, while caught, and SIGTERM.
import subprocess, sys, signal, time
def run(code, sig, wait="ready"):
    p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert p.stdout.readline() == "ready\n"
    time.sleep(0.1)
    p.send_signal(sig)
    out, err = p.communicate(timeout=20)
    print(p.returncode, repr(out), err.strip().splitlines()[-1:])
run("print('ready', flush=True)\nwhile True: pass", signal.SIGINT)
run("import time\nprint('ready', flush=True)\ntime.sleep(30)", signal.SIGINT)
run("print('ready', flush=True)\ntry:\n while True: pass\nexcept KeyboardInterrupt: print('caught')", signal.SIGINT)
run("print('ready', flush=True)\nwhile True: pass", signal.SIGTERM)
run("import signal, sys\nsignal.signal(signal.SIGTERM, lambda s, f: (print('handler', s, f.f_code.co_name), sys.exit(5)))\nprint('ready', flush=True)\nwhile True: pass", signal.SIGTERM)
run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('ready', flush=True)\nimport time; time.sleep(0.5); print('ignored')", signal.SIGINT)
run("import atexit; atexit.register(print, 'atexit')\nprint('ready', flush=True)\nwhile True: pass", signal.SIGINT)
