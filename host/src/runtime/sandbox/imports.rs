//! What a component may import, by the list of the contract.

use mt_scanner_contract::imports::{INTERFACES, PACKAGES};

/// The first of the imports that is not on the list.
pub(crate) fn refused<'a>(mut imports: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    imports.find(|import| !is_allowed(import))
}

fn is_allowed(import: &str) -> bool {
    let interface = import.split('@').next().unwrap_or(import);
    let package = interface.split('/').next().unwrap_or(interface);
    INTERFACES.contains(&interface) || (package != interface && PACKAGES.contains(&package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_clocks_are_allowed_in_any_version() {
        assert_eq!(refused(["wasi:filesystem/types@0.2.0", "wasi:clocks/wall-clock@0.2.9"].into_iter()), None);
        assert_eq!(refused(["wasi:random/insecure-seed@0.2.6"].into_iter()), None);
    }

    #[test]
    fn sockets_other_randomness_and_names_of_ones_own_are_refused() {
        for import in
            ["wasi:sockets/tcp@0.2.6", "wasi:random/random@0.2.6", "wasi:http/types", "wasi:cli", "log", "wasi:clix/a"]
        {
            assert_eq!(refused(["wasi:io/poll@0.2.0", import].into_iter()), Some(import));
        }
    }
}
