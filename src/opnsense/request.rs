//! What is sent: the spelling of a path and the body of a search.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::domain::{Place, Source, Verb};
use crate::types::Release;

/// From here on privileges are written in `snake_case` only; before, mostly in camelCase. Routing
/// takes both everywhere, so this matters to keys with limited privileges alone.
const SNAKE_SINCE: Release = Release::new(25, 7, 0);

/// One read, ready to be sent in either spelling.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Below `/api/`, in `snake_case`.
    pub(super) path: &'static str,
    pub(super) privilege: &'static str,
    pub(super) first: Spelling,
    /// A last part of the path, as an item is named; not yet percent-encoded.
    pub(super) segment: Option<String>,
    /// Of a GET.
    pub(super) query: &'static [(&'static str, &'static str)],
    /// A search is sent with POST; everything else is a GET without body or content type.
    pub(super) search: Option<Search>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Snake,
    /// The action (third segment) in camelCase, as the privileges of 24.7 and 25.1 have it.
    Camel,
}

/// The body of a search: everything on one page, because a page costs the firewall as much as all.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    params: &'static [(&'static str, &'static str)],
    /// Most rows wanted; all of them without.
    limit: Option<u32>,
    /// The interface or item that is asked for.
    one: Option<(&'static str, String)>,
}

impl Request {
    pub(super) fn of(source: &Source, release: Release) -> Self {
        let first = if source.snake_only { Spelling::Snake } else { Spelling::on(release) };
        let (query, search): (&[_], _) = match source.verb {
            Verb::Post => {
                (&[], Some(Search { params: source.params, limit: source.limit, one: None }))
            }
            Verb::Get => (source.params, None),
        };
        let (path, privilege) = (source.path, source.privilege);
        Self { path, privilege, first, segment: None, query, search }
    }

    pub(super) fn get(path: &'static str, privilege: &'static str, first: Spelling) -> Self {
        Self { path, privilege, first, segment: None, query: &[], search: None }
    }

    pub(super) fn search(path: &'static str, privilege: &'static str, first: Spelling) -> Self {
        Self { search: Some(Search::default()), ..Self::get(path, privilege, first) }
    }

    /// The same search for one interface or group.
    pub(super) fn for_interface(&self, key: &str) -> Self {
        self.for_item(Place::Param("interface"), key)
    }

    /// The same request for one item.
    pub(super) fn for_item(&self, place: Place, name: &str) -> Self {
        let mut request = self.clone();
        match place {
            Place::Segment => request.segment = Some(name.to_owned()),
            Place::Param(param) => {
                let search = request.search.get_or_insert_default();
                search.one = Some((param, name.to_owned()));
            }
        }
        request
    }

    /// The path in the other spelling, when it differs.
    pub(super) fn second(&self) -> Option<Spelling> {
        let other = self.first.other();
        (other.spell(self.path) != self.first.spell(self.path)).then_some(other)
    }
}

impl Spelling {
    pub(super) fn on(release: Release) -> Self {
        if release < SNAKE_SINCE { Self::Camel } else { Self::Snake }
    }

    fn other(self) -> Self {
        match self {
            Self::Snake => Self::Camel,
            Self::Camel => Self::Snake,
        }
    }

    pub(super) fn spell(self, path: &str) -> String {
        let spelled = path.split('/').enumerate().map(|(place, segment)| {
            if self == Self::Camel && place == 2 { camel(segment) } else { segment.to_owned() }
        });
        spelled.collect::<Vec<_>>().join("/")
    }
}

fn camel(segment: &str) -> String {
    let mut words = segment.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut camel, word| {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}

/// Written by hand for the order of its keys, so that two requests for the same are the same bytes.
impl Serialize for Search {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Nothing {}

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("current", &1)?;
        map.serialize_entry("rowCount", &self.limit.map_or(-1, i64::from))?;
        map.serialize_entry("searchPhrase", "")?;
        map.serialize_entry("sort", &Nothing {})?;
        for (name, value) in self.params {
            map.serialize_entry(name, value)?;
        }
        if let Some((param, name)) = &self.one {
            map.serialize_entry(param, name)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Release = Release::new(25, 1, 12);
    const NEW: Release = Release::new(25, 7, 0);

    #[test]
    fn only_the_action_changes_its_spelling() {
        let source = Source::grid("a", "firewall/alias_util/find_references/some_name", "p");
        let request = Request::of(&source, OLD);
        assert_eq!(
            request.first.spell(source.path),
            "firewall/alias_util/findReferences/some_name"
        );
        assert_eq!(request.second(), Some(Spelling::Snake));
        assert_eq!(Spelling::Camel.spell("firewall/alias/get_geo_i_p"), "firewall/alias/getGeoIP");
    }

    #[test]
    fn new_releases_and_odd_sources_prefer_snake_case() {
        let source = Source::grid("a", "firewall/filter/search_rule", "p");
        assert_eq!(Request::of(&source, NEW).first, Spelling::Snake);
        assert_eq!(Request::of(&source.snake_only(), OLD).first, Spelling::Snake);
    }

    #[test]
    fn a_path_that_spells_the_same_has_no_second_spelling() {
        assert_eq!(Request::of(&Source::grid("a", "core/service/search", "p"), OLD).second(), None);
    }

    #[test]
    fn a_read_with_parameters_has_a_query_and_no_body() {
        let source =
            Source::list("a", "diagnostics/firewall/log", "", "p").with(&[("limit", "50")]);
        let request = Request::of(&source, NEW);
        assert_eq!((request.query, request.search.is_none()), (&[("limit", "50")][..], true));
        let posted = Request::of(&source.post(), NEW);
        assert_eq!((posted.query.len(), posted.search.is_some()), (0, true));
    }

    #[test]
    fn the_keys_of_a_search_are_in_order() {
        let source =
            Source::grid("a", "firewall/filter/search_rule", "p").with(&[("show_all", "1")]);
        let request = Request::of(&source, NEW).for_interface("opt1");
        assert_eq!(
            serde_json::to_string(&request.search).unwrap(),
            r#"{"current":1,"rowCount":-1,"searchPhrase":"","sort":{},"show_all":"1","interface":"opt1"}"#
        );
    }

    #[test]
    fn what_is_without_bound_is_asked_for_in_part() {
        let source = Source::grid("a", "diagnostics/firewall/query_states", "p").at_most(100);
        let body = serde_json::to_string(&Request::of(&source, NEW).search).unwrap();
        assert!(body.starts_with(r#"{"current":1,"rowCount":100,"#), "{body}");
    }
}
