//! Which process holds a port, as far as the operating system tells: on Linux, from `/proc`.

use std::fmt;

/// A process that listens at a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub pid: u32,
    /// What it calls itself, made safe for a screen.
    pub name: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {})", self.name, self.pid)
    }
}

/// Who listens at a port of this machine. `None` where that is not told: on other systems, and for
/// processes of other users.
#[cfg(target_os = "linux")]
#[must_use]
pub fn holder(port: u16) -> Option<Holder> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| {
            listening(&table, port).map(|inode| format!("socket:[{inode}]")).collect::<Vec<_>>()
        })
        .collect();
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pid = pids.into_iter().find(|pid| has_one_of(*pid, &sockets))?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(Holder { pid, name: crate::text::short(&name, 40) })
}

/// Who listens at a port of this machine: nobody knows here.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn holder(_: u16) -> Option<Holder> {
    None
}

/// The inodes of the sockets that listen at a port, from a table as in proc_pid_net(5): the second
/// column is address and port in hexadecimal, the fourth the state (`0A`: it listens), the tenth the
/// inode.
#[cfg(target_os = "linux")]
fn listening(table: &str, port: u16) -> impl Iterator<Item = &str> {
    let end = format!(":{port:04X}");
    table.lines().filter_map(move |line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let fits = columns.get(1)?.ends_with(&end) && *columns.get(3)? == "0A";
        columns.get(9).copied().filter(|_| fits)
    })
}

/// Whether a process has one of these sockets open. Those of other users cannot be looked into.
#[cfg(target_os = "linux")]
fn has_one_of(pid: u32, sockets: &[String]) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    open.filter_map(|file| std::fs::read_link(file.path()).ok())
        .any(|link| sockets.iter().any(|socket| link.as_os_str() == socket.as_str()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_table_gives_the_sockets_that_listen_at_the_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:22D5 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1\n\
            1: 0100007F:22D5 0100007F:8000 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1\n\
            2: 0100007F:22D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1\n";
        assert_eq!(listening(table, 8917).collect::<Vec<_>>(), ["4711"]);
        assert_eq!(listening("what is this", 8917).count(), 0);
    }

    #[test]
    fn our_own_port_is_ours() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(socket) = TcpListener::bind(address) else { continue };
            let holder = holder(socket.local_addr().unwrap().port()).unwrap();
            assert_eq!(holder.pid, std::process::id());
            assert!(!holder.name.is_empty());
        }
        assert_eq!(holder(0), None);
    }
}
