//! The user and group databases.

use crate::Result;
use nix::unistd::{Gid, Group, Uid, User as NixUser};
use std::os::unix::ffi::OsStringExt;

/// `struct_passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// `struct_group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

impl From<NixUser> for User {
    fn from(user: NixUser) -> Self {
        Self {
            name: user.name.into_bytes(),
            password: user.passwd.into_bytes(),
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            gecos: user.gecos.into_bytes(),
            home: user.dir.into_os_string().into_vec(),
            shell: user.shell.into_os_string().into_vec(),
        }
    }
}

impl From<Group> for GroupEntry {
    fn from(group: Group) -> Self {
        Self {
            name: group.name.into_bytes(),
            password: group.passwd.into_bytes(),
            gid: group.gid.as_raw(),
            members: group.mem.into_iter().map(String::into_bytes).collect(),
        }
    }
}

/// The user with a number.
pub fn user_by_id(uid: u32) -> Result<Option<User>> {
    Ok(NixUser::from_uid(Uid::from_raw(uid))?.map(User::from))
}

/// The user with a name.
pub fn user_by_name(name: &str) -> Result<Option<User>> {
    Ok(NixUser::from_name(name)?.map(User::from))
}

/// The group with a number.
pub fn group_by_id(gid: u32) -> Result<Option<GroupEntry>> {
    Ok(Group::from_gid(Gid::from_raw(gid))?.map(GroupEntry::from))
}

/// The group with a name.
pub fn group_by_name(name: &str) -> Result<Option<GroupEntry>> {
    Ok(Group::from_name(name)?.map(GroupEntry::from))
}

/// Every user of the local file. (Walking the other sources has no safe wrapper.)
pub fn users() -> Result<Vec<User>> {
    Ok(fields(b"/etc/passwd")?
        .into_iter()
        .filter_map(|f| {
            Some(User {
                uid: number(f.get(2)?)?,
                gid: number(f.get(3)?)?,
                gecos: f.get(4)?.clone(),
                home: f.get(5)?.clone(),
                shell: f.get(6)?.clone(),
                name: f.first()?.clone(),
                password: f.get(1)?.clone(),
            })
        })
        .collect())
}

/// Every group of the local file.
pub fn groups() -> Result<Vec<GroupEntry>> {
    Ok(fields(b"/etc/group")?
        .into_iter()
        .filter_map(|f| {
            let members = f.get(3)?.split(|byte| *byte == b',').filter(|name| !name.is_empty());
            Some(GroupEntry {
                gid: number(f.get(2)?)?,
                members: members.map(<[u8]>::to_vec).collect(),
                name: f.first()?.clone(),
                password: f.get(1)?.clone(),
            })
        })
        .collect())
}

fn fields(path: &[u8]) -> Result<Vec<Vec<Vec<u8>>>> {
    let text = crate::fs::read_file(path)?;
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#');
    Ok(lines.map(|line| line.split(|byte| *byte == b':').map(<[u8]>::to_vec).collect()).collect())
}

fn number(field: &[u8]) -> Option<u32> {
    std::str::from_utf8(field).ok()?.parse().ok()
}
