//! Meeting the operating system: calls that block, signals, paths and other text of the system.

use crate::types::str::codec;
use crate::{Ref, Result, Str, Value, Vm, name};
use taipan_host::Errno;
use taipan_object::{Bytes, Raised, StrData};

impl Vm {
    /// Makes a call that may block, without the interpreter's lock. When a signal interrupts it, Python's handlers run
    /// and the call is made again (PEP 475), unless a handler raised.
    pub fn blocking<T: Send>(
        &mut self,
        mut call: impl FnMut() -> taipan_host::Result<T> + Send,
    ) -> Result<taipan_host::Result<T>> {
        loop {
            match self.detach(&mut call) {
                Err(Errno::EINTR) => self.check_signals()?,
                done => return Ok(done),
            }
        }
    }

    /// The same; failure is an `OSError` about nothing in particular.
    pub fn blocking_call<T: Send>(&mut self, call: impl FnMut() -> taipan_host::Result<T> + Send) -> Result<T> {
        match self.blocking(call)? {
            Ok(done) => Ok(done),
            Err(e) => Err(self.raise_os_error(e.0, None)),
        }
    }

    /// What a call of the system gives; failure is an `OSError`.
    #[inline]
    pub fn system<T>(&mut self, result: taipan_host::Result<T>) -> Result<T> {
        match result {
            Ok(done) => Ok(done),
            Err(e) => Err(self.raise_os_error(e.0, None)),
        }
    }

    /// Text from the system as a string (`os.fsdecode`).
    pub fn new_fs_str(&mut self, bytes: &[u8]) -> Result {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.new_str(text).map(Ref::into_value);
        }
        let mut units: Vec<u32> = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            units.extend(chunk.valid().chars().map(u32::from));
            units.extend(chunk.invalid().iter().map(|b| 0xdc00 + u32::from(*b)));
        }
        self.new_str_data(StrData::Ucs4(&units)).map(Ref::into_value)
    }

    /// A string as text for the system (`os.fsencode`).
    pub fn fs_encode(&mut self, text: &Ref<Str>) -> Result<Vec<u8>> {
        if let Some(utf8) = text.to_utf8() {
            // The system is given a copy with a NUL behind it.
            taipan_object::room::probe(utf8.len().saturating_mul(3))?;
            return Ok(utf8.as_bytes().to_vec());
        }
        let bytes = codec::encode(self, text, Some("utf-8"), Some("surrogateescape"))?;
        self.bytes_of(&bytes)
    }

    /// `os.fspath`: the `str` or `bytes` of a path.
    pub fn fs_path(&mut self, path: &Value) -> Result {
        if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
            return Ok(path.clone());
        }
        match self.fs_path_of_object(path)? {
            Some(found) => Ok(found),
            None => {
                let text = format!("expected str, bytes or os.PathLike object, not {}", path.ty().name());
                Err(self.raise_type_error(&text))
            }
        }
    }

    /// What `__fspath__` says; none where there is no such method.
    pub fn fs_path_of_object(&mut self, path: &Value) -> Result<Option<Value>> {
        let Some(method) = self.lookup_special(path, name!("__fspath__"))?.filter(|m| !m.is_none()) else {
            return Ok(None);
        };
        let found = self.call(&method, &[])?;
        if found.downcast::<Str>().is_some() || found.downcast::<Bytes>().is_some() {
            return Ok(Some(found));
        }
        let (class, given) = (path.ty().name(), found.ty().name());
        Err(self.raise_type_error(&format!("expected {class}.__fspath__() to return str or bytes, not {given}")))
    }

    /// A path or other text for the system as bytes without a zero among them.
    pub fn fs_bytes(&mut self, path: &Value) -> Result<Vec<u8>> {
        let path = self.fs_path(path)?;
        let bytes = match path.downcast::<Str>() {
            Some(text) => self.fs_encode(text)?,
            None => self.bytes_of(&path)?,
        };
        if bytes.contains(&0) {
            return Err(self.raise_value_error("embedded null byte"));
        }
        Ok(bytes)
    }

    /// A file descriptor from an int or from an object with `fileno()`.
    pub fn file_descriptor(&mut self, v: &Value) -> Result<i32> {
        let number = if v.as_int().is_some() {
            if v.is_true() || v.is_false() {
                self.warn(crate::errors::RUNTIME_WARNING.as_type(), "bool is used as a file descriptor", 1)?;
            }
            v.clone()
        } else {
            let Some(method) = self.get_attr_opt(v, name!("fileno"))? else {
                return Err(self.raise_type_error("argument must be an int, or have a fileno() method."));
            };
            let number = self.call(&method, &[])?;
            if number.as_int().is_none() {
                return Err(self.raise_type_error("fileno() returned a non-integer"));
            }
            number
        };
        let fd = self.to_index_i64(&number, "int")?;
        let fd = i32::try_from(fd).map_err(|_| self.c_int_too_large())?;
        if fd < 0 {
            return Err(self.raise_value_error(&format!("file descriptor cannot be a negative integer ({fd})")));
        }
        Ok(fd)
    }

    #[cold]
    fn c_int_too_large(&mut self) -> Raised {
        self.raise_overflow_error("Python int too large to convert to C int")
    }
}
