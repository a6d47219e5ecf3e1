//! What may not leave the house: how a leak is told.

use crate::out::leak::{Leak, Leaks};
use crate::site::Site;

/// Whether one of some files, by name, has what is not for the readers of a site; it is told.
pub(super) fn found<'f>(site: &Site, files: impl Iterator<Item = (&'f str, &'f [u8])>) -> bool {
    let Some(leaks) = Leaks::of(site) else { return false };
    let found: Vec<Leak> = files.filter_map(|(name, bytes)| leaks.find(name, bytes)).collect();
    tell(site, &found);
    !found.is_empty()
}

/// Tells every place that has it.
pub(super) fn tell(site: &Site, found: &[Leak]) {
    if found.is_empty() {
        return;
    }
    warn!("this is {}, and has what is for others:", site.config.audience.word());
    for leak in found {
        warn!("  {leak}");
    }
    warn!("take it out of the pages that say it; nothing was written");
}
