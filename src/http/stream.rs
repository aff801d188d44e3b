//! Requests whose answers are not read here: API calls, which follow redirects, and what is passed on.

use super::timing::Watch;
use super::trace::Received;
use super::{Client, HttpError, header_list};
use crate::definition::hosts::{Hosts, is_loopback};
use crate::request::{Body, Request};
use reqwest::Response;
use url::Url;

/// How many redirects an API call follows.
const MAX_REDIRECTS: usize = 5;

impl Client {
    /// Sends an API call and gives the response unread. A redirect is followed for GET and HEAD:
    /// with the credential within `hosts` on the same origin, without it elsewhere.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stream(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
    ) -> Result<Response, HttpError> {
        self.stream_renewed(purpose, request, body, hosts, |_| Ok(())).await
    }

    /// The same for a request with a signature or a proof, which is for one address only: `renew`
    /// makes it anew wherever a redirect takes the credential along.
    ///
    /// # Errors
    /// As [`Client::send`], or `renew` fails.
    pub async fn stream_renewed<E: From<HttpError>>(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
        renew: impl Fn(&mut Request) -> Result<(), E>,
    ) -> Result<Response, E> {
        hosts.check(&request.url).map_err(HttpError::from)?;
        let mut response = self.stream_once(purpose, request, body).await?;
        let mut current = request.clone();
        let mut authenticated = true;
        for _ in 0..MAX_REDIRECTS {
            let follows = matches!(current.method.as_str(), "GET" | "HEAD");
            let Some(next) = redirect_target(&response, &current.url).filter(|_| follows) else {
                return Ok(response);
            };
            if next.origin() != current.url.origin() || hosts.check(&next).is_err() {
                // Another origin never sees the credential (RFC 9110 section 15.4), nor a query
                // parameter or body that might be one.
                authenticated = false;
                current.headers.clear();
                current.body = Body::Empty;
                let inward = is_loopback(&next) && !is_loopback(&current.url);
                if inward || next.scheme() != "https" && !is_loopback(&next) {
                    return Err(HttpError::Redirect(next.origin().ascii_serialization()).into());
                }
            }
            current.url = next;
            if authenticated {
                renew(&mut current)?;
            }
            response = self.stream_once("redirect", &current, None).await?;
        }
        Err(HttpError::TooManyRedirects.into())
    }

    /// Sends a request on somebody else's behalf and gives the response unread, whatever it is: a
    /// redirect, or the agreement to another protocol.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn pass(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
    ) -> Result<Response, HttpError> {
        hosts.check(&request.url)?;
        self.stream_once(purpose, request, body).await
    }

    async fn stream_once(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
    ) -> Result<Response, HttpError> {
        let watch = Watch::start();
        let builder = self.build(request, body)?;
        let sent = watch.time(tokio::time::timeout(self.timeout(), builder.send())).await;
        let result = match sent {
            Ok(result) => result.map_err(|error| self.failed(request, error)),
            Err(_) => Err(HttpError::timed_out(&request.url)),
        };
        let received = match &result {
            Ok(response) => Received::Answer {
                status: response.status().as_u16(),
                version: response.version(),
                headers: header_list(response),
                body: None,
            },
            Err(error) => error.into(),
        };
        self.trace_exchange(purpose, request, received, watch.read(result.is_ok()));
        result
    }
}

fn redirect_target(response: &Response, from: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get("location")?.to_str().ok()?;
    from.join(location).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
