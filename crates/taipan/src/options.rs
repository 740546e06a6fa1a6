//! How an interpreter starts, and what it runs.

use taipan_vm::SysFlags;
use taipan_vm::stress::Stress;

/// Longest decimal text of an int, as `sys.get_int_max_str_digits()` starts.
pub const INT_MAX_STR_DIGITS: usize = 4300;

/// Where the program comes from.
#[derive(Clone, Debug)]
pub enum Program {
    /// The text itself (`-c`).
    Command(Vec<u8>),
    /// A module to be found by import (`-m`).
    Module(Vec<u8>),
    /// A file, a folder or a zip file.
    File(Vec<u8>),
    /// Standard input: a prompt if it is a terminal.
    Input,
}

/// The encoding of the standard streams.
#[derive(Clone, Debug)]
pub struct IoEncoding {
    pub encoding: String,
    /// The error handler; standard error has its own.
    pub errors: String,
}

impl Default for IoEncoding {
    fn default() -> IoEncoding {
        IoEncoding { encoding: "utf-8".to_owned(), errors: "strict".to_owned() }
    }
}

/// How an interpreter starts. The default is that of an isolated program without arguments.
#[derive(Clone, Debug)]
pub struct Options {
    /// Key of string hashes; `None` takes a random one. `Some((0, 0))` is `PYTHONHASHSEED=0`.
    pub hash_key: Option<(u64, u64)>,
    /// `sys.flags`.
    pub flags: SysFlags,
    /// Longest decimal text of an int; 0 is no limit.
    pub int_max_str_digits: usize,
    /// What `os.cpu_count()` gives in place of the truth.
    pub cpu_count: Option<i64>,
    /// Whether start-up modules come from the executable although the library's files may be there.
    pub frozen_modules: Option<bool>,
    /// Frames that tracemalloc keeps of each traceback; 0 for no tracing.
    pub tracemalloc: u16,
    /// Whether fatal errors show the traceback.
    pub faulthandler: bool,
    /// Whether another process that the system lets trace this one may have code run here (`sys.remote_exec`).
    pub remote_debug: bool,
    /// Whether code objects know columns.
    pub debug_ranges: bool,
    /// 1 shows how long imports take, 2 those of loaded modules too.
    pub import_time: u8,
    /// The encoding of the standard streams.
    pub io: IoEncoding,
    /// Whether standard output and error have buffers.
    pub buffered: bool,
    /// Whether the first line of the program is skipped.
    pub skip_first_line: bool,
    /// The prefix, or `prefix:exec_prefix`, in place of where the program lies.
    pub home: Option<Vec<u8>>,
    /// All of `sys.path`, where a file beside the program fixes it.
    pub fixed_path: Option<Vec<Vec<u8>>>,
    /// Folders in front of `sys.path`, separated by `:`.
    pub python_path: Option<Vec<u8>>,
    /// `sys.platlibdir`.
    pub platlibdir: Option<Vec<u8>>,
    /// A file to run before the prompt is shown.
    pub startup: Option<Vec<u8>>,
    /// Whether the prompt is the plain one.
    pub basic_repl: bool,
    /// `sys.pycache_prefix`.
    pub pycache_prefix: Option<Vec<u8>>,
    /// `sys.warnoptions`.
    pub warn_options: Vec<Vec<u8>>,
    /// `always` or `never`: whether `.pyc` files with hashes are checked.
    pub check_hash_pycs: Option<&'static str>,
    /// The texts of `-X` options: `name` or `name=value`.
    pub x_options: Vec<Vec<u8>>,
    /// `sys.argv`.
    pub argv: Vec<Vec<u8>>,
    /// `sys.orig_argv`; the first is how the program was called.
    pub orig_argv: Vec<Vec<u8>>,
    /// What is done all the time, so that tests reach it.
    pub stress: Stress,
    /// Called when the interpreter has started and a program's file is about to be read.
    pub started: fn(),
    /// Called when a part of the start is over that has used much code and many constants for the last time.
    pub part_over: fn(),
    /// Called with the embedded library when imports have read much of it.
    pub library_read: fn(&'static [u8]),
    /// What is run.
    pub program: Program,
}

impl Default for Options {
    fn default() -> Options {
        let flags = SysFlags {
            hash_randomization: true,
            isolated: true,
            ignore_environment: true,
            no_user_site: true,
            safe_path: true,
            ..SysFlags::default()
        };
        Options {
            hash_key: None,
            flags,
            int_max_str_digits: INT_MAX_STR_DIGITS,
            cpu_count: None,
            frozen_modules: None,
            tracemalloc: 0,
            faulthandler: false,
            remote_debug: false,
            debug_ranges: true,
            import_time: 0,
            io: IoEncoding::default(),
            buffered: true,
            skip_first_line: false,
            home: None,
            fixed_path: None,
            python_path: None,
            platlibdir: None,
            startup: None,
            basic_repl: false,
            pycache_prefix: None,
            warn_options: Vec::new(),
            check_hash_pycs: None,
            x_options: Vec::new(),
            argv: vec![Vec::new()],
            orig_argv: Vec::new(),
            stress: Stress::default(),
            started: || (),
            part_over: || (),
            library_read: |_| (),
            program: Program::Input,
        }
    }
}
