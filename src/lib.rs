//! tieline.
pub mod account;
pub mod answer;
pub mod catalog;
pub mod context;
pub mod definition;
pub mod credential;
pub mod error;
pub mod browser;
pub mod http;
pub mod redirect;
pub mod request;
pub mod sandbox;
pub mod secret;
pub mod store;
pub mod template;

#[cfg(test)]
mod t {
    #[test]
    fn all() {
        let c = crate::catalog::Catalog::new(vec![]);
        for (n, _) in c.list() {
            let (_, p) = c.parse(&n).unwrap();
            for f in p.findings { eprintln!("{}", f.draw(false)); }
        }
    }
}
