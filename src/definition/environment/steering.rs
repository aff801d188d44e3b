//! Variables that steer programs: what they load, run, trust and believe. A definition may come
//! from anybody and can give a variable any value, so it must not set these. Whoever runs `exec`
//! may, by `--env`.
//!
//! Names alone are known, and nobody knows them all; so besides those that the loader, the shells
//! and the common interpreters read there are the endings by which such variables are named
//! everywhere.

/// What a variable would do, and the names that do it; `*` stands for anything, at either end.
const STEERING: &[(&str, &str)] = &[
    ("it belongs to tieline", "TIELINE_*"),
    (
        "it decides which programs and libraries are found",
        "*PATH PATHEXT LD_* DYLD_* GLIBC_* GCONV_* MALLOC_* *PRELOAD COMSPEC",
    ),
    (
        "it makes a shell or an interpreter run what it says",
        "BASH* ENV IFS PS0 PS1 PS2 PS3 PS4 SHELLOPTS ZDOTDIR *OPT *OPTS *OPTIONS *FLAGS *_ARGS \
         _JAVA_* JAVA_* JDK_* NODE_* NPM_CONFIG_* PERL* PHP_* PHPRC PYTHON* RUBY* RUSTC* DOTNET_* \
         CORECLR_* COR_* R_PROFILE* R_ENVIRON*",
    ),
    (
        "it names a program that others start",
        "*SHELL *EDITOR VISUAL *PAGER LESS* *BROWSER *ASKPASS *_COMMAND *_CMD *_WRAPPER *_HOOK \
         *_HOOKS CC CXX GIT_* SSH_*",
    ),
    (
        "it decides whom programs talk to and trust",
        "*PROXY *_CERT *_CERTS *_CERT_FILE *_CERT_DIR *_CERTIFICATE *_CA_* *_CABUNDLE *_CAFILE SSL* \
         OPENSSL_* *_INSECURE *_VERIFY *UNAUTHORIZED HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_*",
    ),
    (
        "it decides where programs keep their settings and files",
        "*HOME *_DIR *CONFIG *_CONFIG_FILE *_RC *RCFILE *_INIT USERPROFILE *APPDATA XDG_* NETRC TMP \
         TEMP TMPDIR PWD OLDPWD SYSTEMROOT WINDIR CURL_* DBUS_*",
    ),
    (
        "it says who you are, or how your terminal speaks",
        "USER LOGNAME USERNAME DISPLAY WAYLAND_* TERM TERMINFO* TERMCAP LANG LANGUAGE LC_* TZ",
    ),
];

/// Why a definition must not set a variable, where it must not. Upper and lower case are one, as
/// on Windows.
pub(super) fn why_not(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let has = |patterns: &str| patterns.split(' ').any(|pattern| matches(pattern, &name));
    STEERING.iter().find(|(_, patterns)| has(patterns)).map(|(why, _)| *why)
}

fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => name.contains(rest.trim_end_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_programs_is_refused_in_any_case() {
        let names = "PATH path HOME LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES IFS ENV BASH_ENV \
            PYTHONPATH PYTHONSTARTUP NODE_OPTIONS PERL5OPT PERL5LIB RUBYOPT RUBYLIB \
            GIT_SSH_COMMAND GIT_CONFIG_COUNT TIELINE_STORE tieline_key https_proxy ALL_PROXY \
            SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS AWS_CA_BUNDLE \
            JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH GOFLAGS RUSTC_WRAPPER PAGER MANPAGER \
            LESSOPEN EDITOR VISUAL SSH_ASKPASS PROMPT_COMMAND ZDOTDIR PHPRC GOPROXY \
            DOTNET_STARTUP_HOOKS GLIBC_TUNABLES GCONV_PATH HOSTALIASES OPENSSL_CONF CURL_HOME \
            XDG_CONFIG_HOME KUBECONFIG DOCKER_CONFIG AWS_CONFIG_FILE GNUPGHOME SSLKEYLOGFILE \
            MAKEFLAGS LUA_INIT GH_CONFIG_DIR GH_BROWSER TERMINFO LOCPATH TMPDIR USER";
        for name in names.split_whitespace() {
            assert!(why_not(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_the_tools_of_vendors_read_is_not() {
        let names = "GITHUB_TOKEN GH_TOKEN GITLAB_TOKEN OPENAI_API_KEY TWILIO_ACCOUNT_SID \
            GOOGLE_API_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION \
            PGPASSWORD JIRA_API_USER DATABRICKS_HOST NPM_TOKEN CARGO_REGISTRY_TOKEN \
            SHOPIFY_CLI_PARTNERS_TOKEN SENTRY_AUTH_TOKEN CLOUDFLARE_ACCOUNT_ID \
            PERSONAL_ACCESS_TOKEN";
        for name in names.split_whitespace() {
            assert_eq!(why_not(name), None, "{name}");
        }
    }
}
