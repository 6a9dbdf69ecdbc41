//! Custom sections of the component: what hosts can read from the file without running it.

use mt_scanner_formats::extension;

/// The audio extensions, joined by spaces: for hosts that only want the list.
#[allow(unsafe_code, reason = "a section of its own has a name that no other code uses")]
#[unsafe(link_section = "mt:audio-extensions")]
#[used]
static AUDIO_EXTENSIONS: [u8; extension::JOINED.len()] = extension::JOINED;

/// The contract as JSON text (`mt_scanner_contract::JSON`): hosts in other languages generate from
/// it what they would otherwise write down again.
#[allow(unsafe_code, reason = "a section of its own has a name that no other code uses")]
#[unsafe(link_section = "mt:contract")]
#[used]
static CONTRACT: [u8; mt_scanner_contract::JSON.len()] = bytes(mt_scanner_contract::JSON);

/// The bytes of a text whose length is known.
const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut place = 0;
    while place < N {
        bytes[place] = text.as_bytes()[place];
        place += 1;
    }
    bytes
}
