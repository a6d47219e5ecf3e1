//! Links and images.

use super::Writer;
use crate::book::page::body::{self, Hole, Label, Link, Target, token};
use crate::text::address::{Address, SCHEMES};
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::markup::escaped;
use crate::text::span::{Place, Span};
use pulldown_cmark::LinkType;

impl Writer<'_> {
    pub(super) fn start_link(
        &mut self,
        link_type: LinkType,
        address: &str,
        title: &str,
        span: Span,
    ) {
        if self.image.is_some() {
            return self.links.push(String::new());
        }
        let address = match link_type {
            LinkType::Email => format!("mailto:{address}"),
            _ => address.to_string(),
        };
        let title = Some(body::without_tokens(title)).filter(|title| !title.is_empty());
        let place = self.source.place(span);
        match Address::parse(&address) {
            Address::External(url) => {
                let title = title.map(|title| format!(" title=\"{}\"", escaped(&title)));
                let title = title.unwrap_or_default();
                let html = format!("<a href=\"{}\"{title}>", escaped(&url));
                self.push(&html);
                self.links.push("</a>".into());
            }
            Address::Refused(url) => {
                self.report(unsafe_link(&url, place));
                self.links.push(String::new());
            }
            address => {
                let title = title.map(|title| title.into_owned());
                let draft = self.draft();
                let target = Target::Address(address);
                let alt = String::new();
                let number = draft.link(Link { target, title, alt, image: false, place });
                draft.out.push_str(&token(Hole::Open(number)));
                self.links.push(token(Hole::Close(number)));
            }
        }
    }

    pub(super) fn end_image(&mut self) {
        if self.links.last().is_some_and(String::is_empty) && self.image.is_some() {
            // The end of an image within an image.
            self.links.pop();
            return;
        }
        let Some(image) = self.image.take() else { return };
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&image.alt);
        }
        let place = self.source.place(image.span);
        let alt = escaped(&image.alt);
        let title = match image.title.as_str() {
            "" => String::new(),
            title => format!(" title=\"{}\"", escaped(&body::without_tokens(title))),
        };
        let html = match image.address {
            Address::External(url) if self.config.remote_images => {
                format!("<img src=\"{}\" alt=\"{alt}\"{title} />", escaped(&url))
            }
            Address::External(url) => {
                self.report(remote_image(&url, place));
                let text = match alt.is_empty() {
                    true => token(Hole::Label(Label::Picture)),
                    false => alt,
                };
                match self.links.is_empty() {
                    true => {
                        let url = escaped(&url);
                        format!("<a class=\"remote-image\" href=\"{url}\"{title}>{text}</a>")
                    }
                    false => text,
                }
            }
            Address::Refused(url) => {
                self.report(unsafe_link(&url, place));
                alt
            }
            address => {
                let title = body::without_tokens(&image.title).into_owned();
                let captioned = !title.is_empty();
                let link = Link {
                    target: Target::Address(address),
                    title: Some(title).filter(|_| captioned),
                    alt: image.alt,
                    image: true,
                    place,
                };
                let draft = self.draft();
                let number = draft.link(link);
                let html = token(Hole::Picture(number));
                if captioned && draft.out.ends_with("<p>") {
                    let start = draft.out.len();
                    draft.lone_picture = Some((number, start..start + html.len()));
                }
                html
            }
        };
        self.push(&html);
    }
}

/// Whether what looks like a scheme is a host with its port: `localhost:8080/x`.
fn without_scheme(url: &str) -> bool {
    let (host, rest) = url.split_once(':').unwrap_or_default();
    let port = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn unsafe_link(url: &str, place: Place) -> Diagnostic {
    let shown: String = url.chars().take(60).collect();
    let help = match without_scheme(url) {
        true => format!("write the whole address: `http://{shown}`"),
        false => format!("allowed: {} and relative links", SCHEMES.join(", ")),
    };
    Diagnostic::new(Code::UnsafeLink, place, format!("the address `{shown}` is not published"))
        .label("its scheme is not allowed")
        .help(help)
}

pub(super) fn remote_image(url: &str, place: Place) -> Diagnostic {
    let shown: String = url.chars().take(60).collect();
    Diagnostic::new(Code::RemoteImage, place, format!("the image `{shown}` is on another site"))
        .label("shown as a link instead")
        .help("copy the image into the book, or set `remote-images = true` under [markdown]")
}
