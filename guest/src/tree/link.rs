//! Symbolic links: where they lead.

use wasip2::filesystem::types::{DescriptorType, ErrorCode, PathFlags};

use super::path::{join, normal, split};
use super::{Folder, Root};

/// The end of a link, and of all links on the way. A place is a path without links.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A regular file.
    File(String),
    /// A folder.
    Folder(String),
    /// Nothing but other links.
    Endless,
    /// Something outside the root.
    Outside,
    /// Something in another root of the scan.
    OtherRoot,
    /// Nothing.
    Broken,
    /// A pipe, a device, ...
    Other,
}

/// A link to follow.
pub struct Link<'a> {
    /// The open folder that it is in.
    pub folder: &'a Folder,
    /// That folder's place.
    pub place: &'a str,
    /// The link's name in it.
    pub name: &'a str,
}

/// Where a path leads when its links are followed one by one.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Inside(String),
    /// Out of the root; to this path, where its text is not withheld.
    Outside(Option<String>),
    Endless,
}

/// The most links in a chain; Linux follows 40.
const CHAIN: usize = 40;

impl Root {
    /// Follows a link.
    pub fn target_of(&self, link: &Link<'_>) -> Result<Target, ErrorCode> {
        let stat = self
            .nearest(link.folder, link.place, link.name, |from, path| from.stat_at(PathFlags::SYMLINK_FOLLOW, path));
        let is_folder = match stat {
            Ok(stat) if stat.type_ == DescriptorType::RegularFile => false,
            Ok(stat) if stat.type_ == DescriptorType::Directory => true,
            Ok(_) => return Ok(Target::Other),
            Err(ErrorCode::NotPermitted) => return Ok(self.outside(link)),
            Err(ErrorCode::NoEntry | ErrorCode::NotDirectory) => return Ok(Target::Broken),
            Err(ErrorCode::Loop) => return Ok(Target::Endless),
            Err(code) => return Err(code),
        };
        Ok(match self.end_of(link) {
            End::Inside(place) if self.is_in_inner(&place) => Target::OtherRoot,
            End::Inside(place) if is_folder => Target::Folder(place),
            End::Inside(place) => Target::File(place),
            // It was another link a moment ago.
            End::Outside(_) => Target::Outside,
            End::Endless => Target::Endless,
        })
    }

    /// The place that a path leads to, and how many of its components are links; `None` if it leads
    /// to none in the root.
    pub fn way_to(&self, path: &str) -> Option<(u32, String)> {
        let (mut place, mut links) = (String::new(), 0);
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let at = join(&place, name);
            if self.descriptor().readlink_at(&at).is_err() {
                place = at;
                continue;
            }
            links += 1;
            let folder = self.open_folder(&place).ok()?;
            match self.end_of(&Link { folder: &folder, place: &place, name }) {
                End::Inside(end) => place = end,
                End::Outside(_) | End::Endless => return None,
            }
        }
        Some((links, place))
    }

    /// Follows links as the filesystem does: `..` is the parent of a link's end, not of the link.
    fn end_of(&self, link: &Link<'_>) -> End {
        let mut place = link.place.to_owned();
        let mut ahead = vec![link.name.to_owned()];
        let mut links = 0;
        while let Some(component) = ahead.pop() {
            match component.as_str() {
                "" | "." => {}
                ".." if place.is_empty() => {
                    let rest: Vec<&str> = ahead.iter().rev().map(String::as_str).collect();
                    return End::Outside(normal(&format!("{}/../{}", self.name, rest.join("/"))));
                }
                ".." => place.truncate(split(&place).0.len()),
                name => {
                    let at = join(&place, name);
                    let text = if place == link.place {
                        link.folder.0.readlink_at(name)
                    } else {
                        self.descriptor().readlink_at(&at)
                    };
                    match text {
                        Ok(_) if links == CHAIN => return End::Endless,
                        Ok(text) => {
                            links += 1;
                            ahead.extend(text.split('/').rev().map(str::to_owned));
                        }
                        // The text of an absolute link is withheld by the sandbox.
                        Err(ErrorCode::NotPermitted) => return End::Outside(None),
                        Err(_) => place = at,
                    }
                }
            }
        }
        End::Inside(place)
    }

    /// The end of a link that leaves the root.
    fn outside(&self, link: &Link<'_>) -> Target {
        match self.end_of(link) {
            End::Outside(Some(path)) if self.is_in_another(&path) => Target::OtherRoot,
            _ => Target::Outside,
        }
    }
}
