//! What `--help` and its relatives print.

/// The first line of every help text.
pub fn usage_line(program: &str) -> String {
    format!("usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n")
}

/// `--help`, below the usage line.
pub const OPTIONS: &str = "\
Options, with the environment variables that do the same:
-b     : warn where bytes are compared with str or int, or turned into str
         by str(); given twice (-bb) it is an error
-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x
-c cmd : run this text as the program; ends the options
-d     : accepted, as the parser has no debugging output; also
         PYTHONDEBUG=x
-E     : take no notice of PYTHON* variables
-h     : show this help and exit (also -? or --help)
-i     : show a prompt when the program has ended, even if standard input
         is no terminal; also PYTHONINSPECT=x
-I     : keep the user's environment out (implies -E, -P and -s)
-m mod : run a module of the library or of sys.path; ends the options
-O     : leave out assert statements and what depends on __debug__; .pyc
         files get .opt-1 in their names; also PYTHONOPTIMIZE=x
-OO    : like -O, and leave out docstrings; .pyc files get .opt-2 in
         their names
-P     : put no unsafe folder in front of sys.path; also PYTHONSAFEPATH
-q     : show no version at the prompt
-s     : leave the user's site-packages out of sys.path; also
         PYTHONNOUSERSITE=x
-S     : do not import site at the start
-u     : write standard output and error without buffers; standard input
         is not affected; also PYTHONUNBUFFERED=x
-v     : tell about each import; more often tells more; also
         PYTHONVERBOSE=x
-V     : show the version and exit (also --version); given twice it shows
         more about the build
-W arg : what becomes of warnings: action:message:category:module:lineno;
         also PYTHONWARNINGS=arg
-x     : skip the first line of the program
-X opt : set an option of this implementation
--check-hash-based-pycs always|default|never:
         whether .pyc files that carry a hash are checked
--help-env: show the environment variables and exit
--help-xoptions: show the -X options and exit
--help-all: show all help and exit

Arguments:
file   : run this file, folder or zip file
-      : read the program from standard input (default), or show a prompt
arg ...: what the program finds in sys.argv[1:]
";

/// `--help-env`.
pub const ENVIRONMENT: &str = "\
Environment variables that change behavior:
PYTHONASYNCIODEBUG: debug mode of asyncio
PYTHON_BASIC_REPL: use the plain prompt
PYTHONBREAKPOINT: what breakpoint() calls; 0 turns it off
PYTHONCASEOK    : ignore case in imports (Windows)
PYTHONCOERCECLOCALE: 0 leaves the locale C as it is, warn tells when it
                  is replaced
PYTHON_COLORS   : 1 makes output colored, 0 plain
PYTHONHASHSEED  : seed of the hashes of str and bytes: random, or an
                  integer in the range [0,4294967295]
PYTHON_HISTORY  : the file that keeps the history of the prompt
PYTHONHOME      : the prefix whose lib/python3.14 holds the library, or
                  <prefix>:<exec_prefix>
PYTHONIOENCODING: encoding[:errors] of standard input, output and error
PYTHONMALLOC    : accepted; there is one allocator
PYTHONMALLOCSTATS: accepted; there are no allocator statistics
PYTHONPATH      : folders to put in front of sys.path, separated by ':'
PYTHONPLATLIBDIR: sys.platlibdir
PYTHONSTARTUP   : a file to run before the prompt is shown
PYTHONUSERBASE  : the user's base folder (site.USER_BASE)

These variables have equivalent options (see --help):
PYTHON_CONTEXT_AWARE_WARNINGS: -X context_aware_warnings
PYTHON_CPU_COUNT: -X cpu_count
PYTHONDEBUG     : -d
PYTHONDEVMODE   : -X dev
PYTHONDONTWRITEBYTECODE: -B
PYTHONFAULTHANDLER: -X faulthandler
PYTHON_FROZEN_MODULES: -X frozen_modules
PYTHONINSPECT   : -i
PYTHONINTMAXSTRDIGITS: -X int_max_str_digits
PYTHONNODEBUGRANGES: -X no_debug_ranges
PYTHONNOUSERSITE: -s
PYTHONOPTIMIZE  : -O
PYTHON_PERF_JIT_SUPPORT: -X perf_jit
PYTHONPERFSUPPORT: -X perf
PYTHONPROFILEIMPORTTIME: -X importtime
PYTHONPYCACHEPREFIX: -X pycache_prefix
PYTHONSAFEPATH  : -P
PYTHON_THREAD_INHERIT_CONTEXT: -X thread_inherit_context
PYTHONTRACEMALLOC: -X tracemalloc
PYTHONUNBUFFERED: -u
PYTHONUTF8      : -X utf8
PYTHONVERBOSE   : -v
TAIPAN_STRESS   : -X stress
PYTHONWARNDEFAULTENCODING: -X warn_default_encoding
PYTHONWARNINGS  : -W
";

/// `--help-xoptions`.
pub const X_OPTIONS: &str = "\
The following implementation-specific options are available:
-X context_aware_warnings=[0|1]: whether warnings keeps its state in a
         context variable; also PYTHON_CONTEXT_AWARE_WARNINGS
-X cpu_count=N: what os.cpu_count() gives, default for the truth; also
         PYTHON_CPU_COUNT
-X dev : development mode: more checks at run time; also PYTHONDEVMODE
-X disable-remote-debug: other processes cannot have code run here; also
         PYTHON_DISABLE_REMOTE_DEBUG
-X faulthandler: show the traceback on fatal errors; also
         PYTHONFAULTHANDLER
-X frozen_modules=[on|off]: whether start-up modules always come from the
         executable; also PYTHON_FROZEN_MODULES
-X importtime[=2]: show how long imports take, with 2 also those of loaded
         modules; also PYTHONPROFILEIMPORTTIME
-X int_max_str_digits=N: longest decimal text of an int, 0 for any; also
         PYTHONINTMAXSTRDIGITS
-X no_debug_ranges: keep lines, but no columns, in code objects; also
         PYTHONNODEBUGRANGES
-X perf: accepted; there is no support of perf; also PYTHONPERFSUPPORT=1
-X perf_jit: as -X perf; also PYTHON_PERF_JIT_SUPPORT=1
-X pycache_prefix=PATH: write .pyc files to a tree of their own; also
         PYTHONPYCACHEPREFIX
-X showrefcount: accepted; for debug builds only
-X stress=WORDS: for tests, do all the time what is rarely done: nospec
         (no instruction specialises itself), eager (each does when it is
         first executed), gc[:N] (a collection after every Nth new container),
         check (the heap is validated after each collection), poison (freed
         memory is overwritten and looked at), fail:N (the Nth allocation of
         the program fails); also TAIPAN_STRESS
-X thread_inherit_context=[0|1]: whether threads start with a copy of
         their maker's context; also PYTHON_THREAD_INHERIT_CONTEXT
-X tracemalloc[=N]: trace memory from the start, with N frames of each
         traceback (default: 1); also PYTHONTRACEMALLOC=N
-X utf8[=0|1]: UTF-8 mode; also PYTHONUTF8
-X warn_default_encoding: warn where encoding=None is used; also
         PYTHONWARNDEFAULTENCODING
";
