//! Is a group private to one user? Only the files of passwd(5) and group(5) are read, because other sources, such as a
//! network's, need code of the C library.

use std::fs::File;
use std::path::Path;

use crate::open::read_at_most;

/// Maximum size of a file that is read, in bytes: enough for tens of thousands of users. The groups of a larger file
/// are not known to be private.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Is this the primary group of the user that the process acts as, of no other user, and without other
/// members?
pub(crate) fn is_private(group: u32) -> bool {
    let read = |path: &str| {
        let bytes = read_at_most(File::open(Path::new(path)).ok()?, LARGEST).ok()??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (Some(users), Some(groups)) = (read("/etc/passwd"), read("/etc/group")) else { return false };
    is_private_in(&users, &groups, rustix::process::geteuid().as_raw(), group)
}

fn is_private_in(users: &str, groups: &str, user: u32, group: u32) -> bool {
    let mut own = None;
    for line in users.lines() {
        // name:password:uid:gid:…
        let mut fields = line.split(':');
        let (name, uid, gid) = (fields.next(), fields.nth(1), fields.next());
        let (Some(name), Some(Ok(uid)), Some(Ok(gid))) =
            (name, uid.map(str::parse::<u32>), gid.map(str::parse::<u32>))
        else {
            continue;
        };
        match (uid == user, gid == group) {
            (true, true) => own = Some(name),
            (true, false) | (false, true) => return false,
            (false, false) => {}
        }
    }
    let Some(own) = own else { return false };
    let mut known = false;
    for line in groups.lines() {
        // name:password:gid:member,member
        let mut fields = line.split(':').skip(2);
        if fields.next().and_then(|gid| gid.parse().ok()) != Some(group) {
            continue;
        }
        known = true;
        let members = fields.next().unwrap_or_default();
        if members.split(',').any(|member| !member.trim().is_empty() && member.trim() != own) {
            return false;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_private_when_nobody_else_can_be_in_it() {
        let users = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n\
                     bob:x:1001:100::/home/bob:/bin/sh\ncarol:x:1002:100::/home/carol:/bin/sh\nbroken\n";
        let groups = "root:x:0:\nusers:x:100:\nada:x:1000:ada\n";
        let private = |groups: &str, user, group| is_private_in(users, groups, user, group);
        assert!(private(groups, 1000, 1000) && private(groups, 0, 0));
        assert!(!private(groups, 1001, 100), "another user's primary group too");
        assert!(!private(groups, 1000, 100), "not the primary one");
        assert!(!private("ada:x:1000:bob\n", 1000, 1000), "another member");
        assert!(
            !private("ada:x:1000:\nalias:x:1000:ada,bob\n", 1000, 1000),
            "another name with another member"
        );
        assert!(!private("root:x:0:\n", 1000, 1000), "a group that is not known here");
        assert!(!private(groups, 4711, 4711), "a user that is not known here");
        assert!(!private("", 1000, 1000) && !is_private_in("", groups, 1000, 1000));
    }
}
