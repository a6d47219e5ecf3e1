//! The header: the sections of the site in a few groups, each with a menu; and where the
//! pages that the program makes stand among them.

use super::Renderer;
use crate::site::plan::{ASK, COMPARE, DECK, ENTRIES, Group, Overview, Route, Section, TAGS};
use crate::site::view::{Link, Menu, PageView, SidebarItem, SidebarPart};

/// So many pages that stand in no folder are named one by one. More would let the output
/// grow with the square of the book.
const LOOSE: usize = 8;

impl Renderer<'_> {
    /// The header of a page of section `current`, or of none.
    pub(super) fn sections(&self, url: &str, current: Option<usize>) -> Vec<Menu> {
        self.menus(url, current, None).into_iter().map(|(_, menu)| menu).collect()
    }

    /// Puts a page that comes from no source into a group: the header marks it, and the
    /// menu of the group stands beside the page.
    pub(super) fn belongs(&self, url: &str, group: Group, page: &mut PageView) {
        let menus = self.menus(url, None, Some(group));
        let own = menus.iter().find(|(other, _)| *other == group && group != Group::Alone);
        page.sidebar = match own {
            Some((_, menu)) => vec![part(menu)],
            None => menus.iter().map(|(_, menu)| part(menu)).collect(),
        };
        let up = own.map(|(_, menu)| Link::new(menu.label.clone(), menu.href.clone()));
        page.breadcrumbs = up.into_iter().filter(|up| up.href != self.href(url, url)).collect();
        page.sections = menus.into_iter().map(|(_, menu)| menu).collect();
    }

    pub(super) fn menus(
        &self,
        url: &str,
        current: Option<usize>,
        within: Option<Group>,
    ) -> Vec<(Group, Menu)> {
        // A book with a table of contents and nothing else needs no second level.
        if self.plan.sections.len() < 2 {
            return Vec::new();
        }
        let mut out: Vec<(Group, Menu)> = Vec::new();
        for (number, section) in self.plan.sections.iter().enumerate() {
            let links = self.section_links(url, section, current == Some(number));
            let same = |(group, _): &&mut (Group, Menu)| *group == section.group;
            match out.iter_mut().find(same).filter(|(group, _)| *group != Group::Alone) {
                // A set of entries is shorter than a list of all.
                Some((Group::Catalogue, menu)) if section.kind.is_none() => {
                    menu.items.splice(0..0, links);
                }
                Some((_, menu)) => menu.items.extend(links),
                None => {
                    let label = self.section_label(section);
                    out.push((section.group, Menu { label, items: links, ..Menu::default() }));
                }
            }
        }
        out.retain(|(_, menu)| !menu.items.is_empty());
        for (group, menu) in &mut out {
            self.complete(url, *group, menu);
            menu.current |= within == Some(*group) && *group != Group::Alone;
        }
        out
    }

    /// The links of a section: one, or the pages that stand in no folder.
    pub(super) fn section_links(&self, url: &str, section: &Section, current: bool) -> Vec<Link> {
        let link = |label: String, target: String| {
            let here = target == url;
            Link { label, href: self.href(url, &target), current: here }
        };
        if section.is_root() && section.reading.len() <= LOOSE {
            let pages = section.reading.iter().map(|node| self.localized(*node));
            return pages.map(|node| link(self.title(node), self.url_of(node))).collect();
        }
        let target = section.first(self.graph).map(|target| self.in_language(target));
        let link = target.map(|target| link(self.section_label(section), target));
        link.map(|link| Link { current: current || link.current, ..link }).into_iter().collect()
    }

    /// Adds what the program makes to the menu of a group, and says where its name leads.
    fn complete(&self, url: &str, group: Group, menu: &mut Menu) {
        let all = self.made(url, ENTRIES, &Route::Entries, "all_entries");
        match group {
            Group::Models => menu.items.extend(self.over_models(url)),
            Group::Catalogue => {
                let ask = self.made(url, ASK, &Route::Ask, "ask_short");
                menu.items.splice(0..0, ask);
                menu.items.extend(all.clone());
                menu.items.extend(self.made(url, DECK, &Route::Deck, "deck_title"));
                menu.items.extend(self.made(url, TAGS, &Route::Tags, "tags"));
            }
            Group::Learn | Group::Alone => {}
        }
        menu.current = menu.items.iter().any(|item| item.current);
        menu.href = menu.items[0].href.clone();
        if menu.items.len() == 1 {
            menu.label = menu.items.remove(0).label;
            return;
        }
        match group {
            Group::Learn => menu.label = self.text.get("learn").into(),
            Group::Catalogue => {
                menu.label = self.text.get("catalogue").into();
                menu.href = all.map_or_else(|| menu.href.clone(), |all| all.href);
            }
            Group::Models | Group::Alone => {}
        }
    }

    /// What looks over all models.
    pub(super) fn over_models(&self, url: &str) -> Vec<Link> {
        let overviews = Overview::ALL.into_iter().filter_map(|overview| {
            let key = format!("overview_{}_title", overview.name());
            self.overview_link(url, overview)
                .map(|link| Link { label: self.text.get(&key).into(), ..link })
        });
        let compare = self.made(url, COMPARE, &Route::Compare, "compare_title");
        let changes = self.made(url, crate::site::plan::CHANGES, &Route::Changes, "change_log");
        let due = self.made(url, crate::site::plan::DUE, &Route::Due, "due");
        overviews.chain(compare).chain(changes).chain(due).collect()
    }

    /// A link to a page that the program makes, where it is there.
    pub(super) fn made(&self, url: &str, target: &str, route: &Route, key: &str) -> Option<Link> {
        (self.plan.routes.get(target) == Some(route)).then(|| Link {
            label: self.text.get(key).into(),
            href: self.href(url, target),
            current: target == url,
        })
    }
}

/// A menu as a part of the sidebar.
fn part(menu: &Menu) -> SidebarPart {
    let item = |link: &Link| SidebarItem {
        label: link.label.clone(),
        href: Some(link.href.clone()),
        current: link.current,
        ..SidebarItem::default()
    };
    match menu.items.is_empty() {
        true => {
            let link = Link::new(menu.label.clone(), menu.href.clone());
            SidebarPart { title: None, items: vec![item(&link)] }
        }
        false => SidebarPart {
            title: Some(menu.label.clone()),
            items: menu.items.iter().map(item).collect(),
        },
    }
}
