//! Libraries that are loaded while the program runs.

use std::ffi::{CStr, CString};

/// What the loader says about its last failure.
fn complaint() -> String {
    // SAFETY: the text is the loader's, and is copied before anybody else asks.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            "unknown dlopen() error".to_owned()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

/// Loads a library, or with no path gives the program itself.
pub fn open(path: Option<&[u8]>, mode: i32) -> Result<usize, String> {
    let path = path.map(CString::new).transpose().map_err(|_| "embedded null byte".to_owned())?;
    let name = path.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
    // SAFETY: the name is terminated. What a library does when it is loaded is what the program asked for.
    let handle = unsafe { libc::dlopen(name, mode | libc::RTLD_NOW) };
    if handle.is_null() { Err(complaint()) } else { Ok(handle as usize) }
}

/// Unloads a library.
pub fn close(handle: usize) -> Result<(), String> {
    // SAFETY: the loader checks handles.
    match unsafe { libc::dlclose(handle as *mut libc::c_void) } {
        0 => Ok(()),
        _ => Err(complaint()),
    }
}

/// The address of a symbol.
pub fn symbol(handle: usize, name: &[u8]) -> Result<usize, String> {
    let name = CString::new(name).map_err(|_| "embedded null byte".to_owned())?;
    // SAFETY: the name is terminated, and the handle is one that `open` gave.
    let found = unsafe {
        libc::dlerror();
        libc::dlsym(handle as *mut libc::c_void, name.as_ptr())
    };
    if found.is_null() { Err(complaint()) } else { Ok(found as usize) }
}
