# subprocess, os.fork, pipes, exit statuses, environment.
import subprocess, os, sys
py = sys.executable
r = subprocess.run([py, "-c", "import sys; print(sys.argv[1:]); sys.stderr.write('err'); sys.exit(3)", "a b", "c"], capture_output=True, text=True)
print(r.returncode, r.stdout, r.stderr, r.args[1:3])
print(subprocess.run([py, "-c", "print(input()[::-1])"], input="hello\n", text=True, stdout=subprocess.PIPE).stdout, subprocess.check_output(["echo", "x"]), subprocess.getoutput("echo shell"), subprocess.call("exit 4", shell=True), subprocess.getstatusoutput("false"))
try: subprocess.run([py, "-c", "import sys; sys.exit(2)"], check=True)
except subprocess.CalledProcessError as e: print(e.returncode, str(e).split("'")[-1])
try: subprocess.run(["sleep", "5"], timeout=0.05)
except subprocess.TimeoutExpired as e: print(e)
for cmd in (["no-such-command"], ["/etc/passwd"], []):
    try: subprocess.run(cmd)
    except (OSError, IndexError, ValueError) as e: print(type(e).__name__, e)
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE); p.stdin.write(b"data"); p.stdin.close(); print(p.stdout.read(), p.wait(), p.poll()); p.stdout.close()
p = subprocess.Popen(["sleep", "30"]); p.terminate(); print(p.wait()); p = subprocess.Popen(["sleep", "30"]); p.kill(); print(p.wait())
print(subprocess.run([py, "-c", "import os; print(os.environ.get('V'), os.getcwd())"], env={"V": "set", **{k: os.environ[k] for k in ("PATH",)}}, cwd="/", capture_output=True, text=True).stdout)
a = subprocess.Popen(["printf", "b\\na\\n"], stdout=subprocess.PIPE); b = subprocess.run(["sort"], stdin=a.stdout, capture_output=True); a.stdout.close(); a.wait(); print(b.stdout)
sys.stdout.flush()
pid = os.fork()
if pid == 0: os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
rd, wr = os.pipe(); sys.stdout.flush()
if (pid := os.fork()) == 0: os.close(rd); os.write(wr, b"from child"); os._exit(0)
os.close(wr); print(os.read(rd, 100), os.waitpid(pid, 0)[1]); os.close(rd)
print(os.system("exit 3") >> 8, os.popen("echo popen").read(), os.spawnlp(os.P_WAIT, "true", "true"), os.posix_spawn("/bin/true", ["true"], {}) > 0); os.wait()
import signal
got = []; signal.signal(signal.SIGUSR1, lambda s, f: got.append(s)); os.kill(os.getpid(), signal.SIGUSR1); print(got == [signal.SIGUSR1], signal.getsignal(signal.SIGUSR1) is not None, signal.Signals(15).name, signal.strsignal(2), signal.SIGINT in signal.valid_signals())
signal.signal(signal.SIGALRM, lambda *a: got.append("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause(); print(got[-1])
for f in (lambda: signal.signal(signal.SIGKILL, print), lambda: signal.signal(999, print), lambda: signal.signal(signal.SIGINT, 5)):
    try: f()
    except (OSError, ValueError, TypeError) as e: print(type(e).__name__, e)
