//! What sort of machine this is, as far as it decides where a browser is and how it comes back.

use std::path::Path;

/// What this machine is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Somebody works here from another machine.
    pub ssh: Option<Ssh>,
    /// The Windows Subsystem for Linux: the browser is that of Windows.
    pub wsl: bool,
    /// A container, whose loopback address a browser outside does not reach.
    pub container: bool,
}

/// An SSH session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssh {
    /// The address under which this machine was reached, where it is known.
    pub host: Option<String>,
    /// The port of its SSH server.
    pub port: u16,
    /// Who is signed in.
    pub user: Option<String>,
}

impl Surroundings {
    /// Reads the environment's variables, and looks for the files that container engines leave.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let marks = ["/.dockerenv", "/run/.containerenv"];
        Self {
            ssh: Ssh::read(&variable),
            wsl: variable("WSL_DISTRO_NAME").is_some(),
            container: variable("KUBERNETES_SERVICE_HOST").is_some()
                || marks.iter().any(|mark| Path::new(mark).exists()),
        }
    }
}

impl Ssh {
    /// `SSH_CONNECTION` is the client's address and port, then the server's (ssh(1)).
    fn read(variable: &impl Fn(&str) -> Option<String>) -> Option<Self> {
        let connection = variable("SSH_CONNECTION");
        if connection.is_none() && variable("SSH_TTY").is_none() {
            return None;
        }
        let connection = connection.unwrap_or_default();
        let mut server = connection.split(' ').skip(2);
        let host = server.next().filter(|host| is_address(host)).map(ToOwned::to_owned);
        let port = server.next().and_then(|port| port.parse().ok()).unwrap_or(22);
        let user = variable("USER").or_else(|| variable("LOGNAME"));
        let user = user.filter(|user| is_user(user));
        Some(Self { host, port, user })
    }

    /// The command that makes an address of this machine reachable on the person's own, to be typed
    /// there: `near` is a port there, or an address and a port, and `far` what it leads to here.
    #[must_use]
    pub fn forward(&self, near: &str, far: &str) -> String {
        let other = if self.port == 22 { String::new() } else { format!("-p {} ", self.port) };
        let user = self.user.as_deref().unwrap_or("USER");
        let host = self.host.as_deref().unwrap_or("HOST");
        format!("ssh -N -L {near}:{far} {other}{user}@{host}")
    }
}

/// The line is made to be copied into a shell, so that nothing else may get into it.
fn is_address(text: &str) -> bool {
    let address = text.split('%').next().unwrap_or_default();
    address.parse::<std::net::IpAddr>().is_ok()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".:%-_".contains(&b))
}

fn is_user(text: &str) -> bool {
    !text.starts_with('-') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssh(variables: &[(&str, &'static str)]) -> Option<Ssh> {
        let variable =
            |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Surroundings::read(variable).ssh
    }

    #[test]
    fn the_forwarding_command_is_ready_to_be_typed() {
        let there = ssh(&[("SSH_CONNECTION", "10.0.0.9 51000 10.0.0.7 22"), ("USER", "ada")]);
        let there = there.unwrap();
        let line = "ssh -N -L 8917:127.0.0.1:8917 ada@10.0.0.7";
        assert_eq!(there.forward("8917", "127.0.0.1:8917"), line);
        let there = ssh(&[("SSH_CONNECTION", "::1 51000 fe80::7%eth0 2222"), ("LOGNAME", "ada")]);
        let line = "ssh -N -L [::1]:80:[::1]:80 -p 2222 ada@fe80::7%eth0";
        assert_eq!(there.unwrap().forward("[::1]:80", "[::1]:80"), line);
        let there = ssh(&[("SSH_TTY", "/dev/pts/3")]).unwrap();
        assert_eq!(there.forward("1", "127.0.0.1:1"), "ssh -N -L 1:127.0.0.1:1 USER@HOST");
        assert_eq!(ssh(&[("USER", "ada")]), None);
    }

    #[test]
    fn nothing_that_a_shell_would_act_on_gets_into_it() {
        let there = ssh(&[("SSH_CONNECTION", "1 2 $(reboot) 22"), ("USER", "a;reboot")]).unwrap();
        assert_eq!((there.host, there.user), (None, None));
    }
}
