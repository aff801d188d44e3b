//! The keys of the format: what may be written where, and what it is for.
//!
//! The readers hold a definition against these tables, and the JSON Schema is made of them, so neither
//! can know a key that the other does not.

pub(super) mod app;
pub(super) mod authorization;
pub(super) mod endpoint;

/// A key of a mapping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// As it is written.
    pub(super) name: &'static str,
    /// What may stand behind it.
    pub(super) shape: Shape,
    /// What it is for, in a sentence that an editor shows.
    pub(super) says: &'static str,
    /// Whether the mapping is nothing without it, be it written there or inherited.
    pub(super) needed: bool,
}

impl AsRef<str> for Known {
    fn as_ref(&self) -> &str {
        self.name
    }
}

/// What may stand behind a key. Nothing (`null`) may, wherever a key is not needed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Text, often a template; a number or boolean is taken as it is written.
    Text,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(fn() -> Vec<&'static str>),
    /// A list.
    Items(&'static Self),
    /// A mapping with any keys.
    Map(&'static Self),
    /// A mapping with these keys.
    Object(fn() -> Vec<Known>),
    /// An authorization, whose keys depend on its type.
    Authorization,
    /// A parameter's value: whatever JSON can say.
    Anything,
    /// One of several shapes.
    Either(&'static [Self]),
    /// A shape that stands at several places, under the name that the schema gives it.
    Named(&'static str, &'static Self),
}

/// A text, or a list of them.
pub(super) const TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::Items(&Shape::Text)]);
/// Parameters by name.
pub(super) const PARAMS: Shape = Shape::Map(&Shape::Anything);
/// Texts by name.
pub(super) const NAMED_TEXTS: Shape = Shape::Map(&Shape::Text);

/// The words of a table of choices.
pub(super) fn words<T>(choices: &[(&'static str, T)]) -> Vec<&'static str> {
    choices.iter().map(|(word, _)| *word).collect()
}

/// A table of keys, one a line: `"name": SHAPE => "What it is for."`, with `needed` before the colon
/// where it is.
macro_rules! keys {
    ($($(#[$comment:meta])* $table:ident {
        $($name:literal $($needed:ident)?: $shape:expr => $says:literal)+
    })+) => {
        $(
            $(#[$comment])*
            pub(in crate::definition) const $table: &[$crate::definition::keys::Known] =
                &[$($crate::definition::keys::Known {
                    name: $name,
                    shape: $shape,
                    says: $says,
                    needed: !<[&str]>::is_empty(&[$(stringify!($needed))?]),
                },)+];
        )+
    };
}
pub(super) use keys;
