//! Scripts that another process wants run here: `sys.remote_exec`.

use crate::errors::{FILE_NOT_FOUND_ERROR, PERMISSION_ERROR};
use crate::modules::compile::{Mode, Request};
use crate::{Result, Value, Vm, name};
use taipan_host::Errno;
use taipan_host::remote::{self, SendError};

impl Vm {
    /// Has another process, or this one, run a script.
    pub(crate) fn remote_exec(&mut self, pid: i32, script: &Value) -> Result<()> {
        let path = self.fs_path(script)?;
        let bytes = self.fs_bytes(&path)?;
        if !self.state().config.remote_debug {
            return Err(self.raise_runtime_error("Remote debugging is not enabled"));
        }
        self.audit("sys.remote_exec", &[Value::from_i32(pid), path])?;
        match taipan_host::fs::open(
            taipan_host::fs::CWD,
            &bytes,
            taipan_host::fs::flag::RDONLY | taipan_host::fs::flag::CLOEXEC,
            0,
        ) {
            Ok(fd) => {
                let _ = taipan_host::fd::close(fd);
            }
            Err(Errno::ENOENT) => {
                return Err(self.raise_class(FILE_NOT_FOUND_ERROR.as_type(), "Script file does not exist"));
            }
            Err(errno) if errno.name() == Some("EACCES") => {
                return Err(self.raise_class(PERMISSION_ERROR.as_type(), "Script file cannot be read"));
            }
            Err(errno) => return Err(self.raise_os_error(errno.0, None)),
        }
        remote::send(pid, &bytes).map_err(|error| match error {
            SendError::System(errno) => self.raise_os_error(errno.0, None),
            SendError::Other => self.raise_runtime_error("The remote process does not run this program"),
            SendError::Closed => self.raise_runtime_error("Remote debugging is not enabled in the remote process"),
            SendError::TooLong => self.raise_value_error("Script path is too long"),
        })
    }

    /// Runs the script that another process has sent. What goes wrong is reported, not raised.
    #[cold]
    pub(crate) fn run_remote_script(&mut self) {
        let Some(path) = remote::take() else { return };
        let shown = String::from_utf8_lossy(&path).into_owned();
        match self.open_remote_script(&path) {
            Ok(file) => {
                if let Err(raised) = self.try_remote_script(&file) {
                    self.report_unraisable_as(raised, &format!("Error executing debugger script {shown}"));
                }
            }
            Err(raised) => self.report_unraisable_as(raised, &format!("Can't open debugger script {shown}")),
        }
    }

    fn open_remote_script(&mut self, path: &[u8]) -> Result {
        let path = self.new_fs_str(path)?;
        self.audit("cpython.remote_debugger_script", std::slice::from_ref(&path))?;
        let io = self.import("io")?;
        self.call_method(&io, name!("open_code"), &[path])
    }

    fn try_remote_script(&mut self, file: &Value) -> Result<()> {
        let source = self.call_method(file, name!("read"), &[]);
        let closed = self.call_method(file, name!("close"), &[]);
        let source = source?;
        closed?;
        let filename = self.new_str("<string>")?;
        let code = self.compile(&source, &filename, Request::new(Mode::Exec), "remote_exec", "bytes")?;
        let namespace = self.new_dict()?;
        if let Some(builtins) = self.state().builtins.clone() {
            self.dict_set(&namespace, name!("__builtins__").as_value(), builtins.into_value())?;
        }
        self.exec_code(&code, &namespace, None).map(drop)
    }
}
