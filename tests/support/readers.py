"""What mutagen, tinytag and ffprobe say of a file, in the words of the contract (`wit/types.wit`).

Each reader gives the fields that it knows something about and leaves out the others. They are the
judges of `test_metadata.py`; nothing of the guest's knowledge is in here.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import mutagen
import mutagen.aac
import mutagen.apev2
import mutagen.asf
import mutagen.id3
import mutagen.mp3
import mutagen.mp4
import tinytag

Reading = dict[str, Any]

# The names that MusicBrainz Picard gives to free fields, folded as the contract's fields are
# compared.
FREE = {
    "ARTISTS": "artists",
    "ISRC": "isrc",
    "MUSICBRAINZTRACKID": "musicbrainz_recording_id",
    "MUSICBRAINZRELEASETRACKID": "musicbrainz_track_id",
    "MUSICBRAINZALBUMID": "musicbrainz_release_id",
    "MUSICBRAINZRELEASEGROUPID": "musicbrainz_release_group_id",
    "MUSICBRAINZARTISTID": "musicbrainz_artist_ids",
    "MUSICBRAINZALBUMARTISTID": "musicbrainz_album_artist_ids",
    "REPLAYGAINTRACKGAIN": "replaygain_track_gain",
    "REPLAYGAINTRACKPEAK": "replaygain_track_peak",
    "REPLAYGAINALBUMGAIN": "replaygain_album_gain",
    "REPLAYGAINALBUMPEAK": "replaygain_album_peak",
    "R128TRACKGAIN": "r128_track_gain",
    "R128ALBUMGAIN": "r128_album_gain",
    "TITLESORT": "title_sort",
    "ARTISTSORT": "artist_sort",
    "ALBUMSORT": "album_sort",
    "ALBUMARTISTSORT": "album_artist_sort",
    "COMPOSERSORT": "composer_sort",
    "ORIGINALDATE": "original_date",
    "BPM": "bpm",
    "GROUPING": "grouping",
    "WORK": "work",
    "MOVEMENTNAME": "movement",
    "LABEL": "label",
    "CATALOGNUMBER": "catalog_number",
    "BARCODE": "barcode",
    "MEDIA": "media",
    "LYRICIST": "lyricist",
    "CONDUCTOR": "conductor",
    "REMIXER": "remixer",
    "LANGUAGE": "language",
    "LYRICS": "has_lyrics",
    "ENCODER": "encoder",
}
VORBIS = FREE | {
    "TITLE": "title",
    "ARTIST": "artist",
    "ALBUM": "album",
    "ALBUMARTIST": "album_artist",
    "TRACKNUMBER": "track",
    "TRACKTOTAL": "track_total",
    "TOTALTRACKS": "track_total",
    "DISCNUMBER": "disc",
    "DISCTOTAL": "disc_total",
    "TOTALDISCS": "disc_total",
    "DATE": "date",
    "GENRE": "genres",
    "COMPOSER": "composer",
    "COMMENT": "comment",
    "COMPILATION": "compilation",
}
ID3 = {
    "TIT2": "title",
    "TPE1": "artist",
    "TALB": "album",
    "TPE2": "album_artist",
    "TRCK": "track",
    "TPOS": "disc",
    "TDRC": "date",
    "TCOM": "composer",
    "TSRC": "isrc",
    "TCMP": "compilation",
    "TSOT": "title_sort",
    "TSOP": "artist_sort",
    "TSOA": "album_sort",
    "TSO2": "album_artist_sort",
    "TSOC": "composer_sort",
    "TDOR": "original_date",
    "TBPM": "bpm",
    "GRP1": "grouping",
    "MVNM": "movement",
    "TPUB": "label",
    "TMED": "media",
    "TEXT": "lyricist",
    "TPE3": "conductor",
    "TPE4": "remixer",
    "TLAN": "language",
    "TSSE": "encoder",
}
MP4 = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "\xa9alb": "album",
    "aART": "album_artist",
    "\xa9day": "date",
    "\xa9gen": "genres",
    "\xa9wrt": "composer",
    "\xa9cmt": "comment",
    "sonm": "title_sort",
    "soar": "artist_sort",
    "soal": "album_sort",
    "soaa": "album_artist_sort",
    "soco": "composer_sort",
    "\xa9grp": "grouping",
    "\xa9wrk": "work",
    "\xa9mvn": "movement",
    "\xa9lyr": "has_lyrics",
    "\xa9too": "encoder",
}
ASF = {
    "Title": "title",
    "Author": "artist",
    "Description": "comment",
    "WM/AlbumTitle": "album",
    "WM/AlbumArtist": "album_artist",
    "WM/TrackNumber": "track",
    "WM/PartOfSet": "disc",
    "WM/Year": "date",
    "WM/Genre": "genres",
    "WM/Composer": "composer",
    "WM/ISRC": "isrc",
    "WM/ARTISTS": "artists",
    "WM/TitleSortOrder": "title_sort",
    "WM/ArtistSortOrder": "artist_sort",
    "WM/AlbumSortOrder": "album_sort",
    "WM/AlbumArtistSortOrder": "album_artist_sort",
    "WM/ComposerSortOrder": "composer_sort",
    "WM/OriginalReleaseTime": "original_date",
    "WM/BeatsPerMinute": "bpm",
    "WM/ContentGroupDescription": "grouping",
    "WM/Work": "work",
    "WM/Publisher": "label",
    "WM/CatalogNo": "catalog_number",
    "WM/Barcode": "barcode",
    "WM/Media": "media",
    "WM/Writer": "lyricist",
    "WM/Conductor": "conductor",
    "WM/ModifiedBy": "remixer",
    "WM/Language": "language",
    "WM/Lyrics": "has_lyrics",
    "WM/EncodingSettings": "encoder",
}
CONTAINERS = {
    "aac": "aac",
    "asf": "asf",
    "flac": "flac",
    "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
    "mp3": "mp3",
    "ogg": "ogg",
    "wav": "wav",
}
LIST = "\0"
"""Stands between the values of a list."""
# One artist, though a separator is in the name.
ONE = ("AC/DC",)
LISTS = ("artists", "genres", "musicbrainz_artist_ids", "musicbrainz_album_artist_ids")


UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def folded(name: str) -> str:
    return name.upper().replace(" ", "").replace("_", "")


def settled(items: list[tuple[str, str]], separators: str = "") -> Reading:
    """Fields from items in the order of the file: lists are gathered, elsewhere the first value
    counts. `separators` stand between artists and genres where the tag has no lists.
    """
    found: Reading = {}
    artists = []
    for field, text in items:
        if not text.strip():
            continue
        if field.startswith("musicbrainz_"):
            # Some taggers join several by a slash or a semicolon, which are in no identifier.
            parts = [part.strip() for part in re.split("[/;]", text)]
            identifiers = parts if all(map(UUID.fullmatch, parts)) else [text]
            if field in LISTS:
                found.setdefault(field, []).extend(identifiers)
            else:
                found.setdefault(field, identifiers[0])
        elif field in LISTS:
            found.setdefault(field, []).extend(several(text, separators))
        elif field in ("track", "disc"):
            number, _, total = text.partition("/")
            for name, digits in ((f"{field}_number", number), (f"{field}_total", total)):
                # 0 says nothing.
                if digits.strip().isdigit() and int(digits):
                    found.setdefault(name, int(digits))
        elif field in ("track_total", "disc_total"):
            if text.strip().isdigit() and int(text):
                found.setdefault(field, int(text))
        elif field == "compilation":
            found[field] = found.get(field, False) or text == "1"
        elif field == "bpm":
            found.setdefault(field, float(text))
        elif field == "has_lyrics":
            found[field] = "synchronised" if re.search(r"^\s*\[\d+:\d\d", text, re.MULTILINE) else "plain"
        elif field.startswith(("replaygain_", "r128_")):
            found.setdefault(field.replace("r128", "replaygain"), decibels(field, text))
        else:
            found.setdefault(field, next(filter(str.strip, text.split(LIST)), None))
        if field == "artist":
            artists += several(text, separators)
    if artists:
        found.setdefault("artists", artists)
    if "artists" in found:
        found.setdefault("artist", found["artists"][0])
    if "genres" in found:
        found["genre"] = found["genres"][0]
    if year := re.search("[0-9]{4}", found.get("date", "")):
        found["year"] = int(year[0])
    return {field: value for field, value in found.items() if value is not None}


def decibels(field: str, text: str) -> float | None:
    if field.startswith("r128_"):
        # RFC 7845, section 5.2.1: Q7.8 dB relative to -23 LUFS; ReplayGain 2.0 is relative to -18
        # LUFS.
        return int(text) / 256 + 5
    number = re.match(r"[+-]?\d+(\.\d+)?", text)
    return float(number[0]) if number else None


def by_mutagen(path: Path) -> Reading:
    # `mutagen.File` takes ADTS with ID3v2 in front for an MP3 and fails.
    file: Any = mutagen.aac.AAC(path) if path.suffix == ".aac" else mutagen.File(path)
    info, tags = file.info, file.tags
    if path.suffix == ".aac":
        try:
            tags = mutagen.id3.ID3(path)
        except mutagen.id3.ID3NoHeaderError:
            tags = None
    found: Reading = {"duration_ms": info.length * 1000}
    for field, name in {"sample_rate": "sample_rate", "channels": "channels", "bit_depth": "bits_per_sample"}.items():
        if getattr(info, name, 0):
            found[field] = getattr(info, name)
    if getattr(info, "bitrate", 0):
        found["bitrate"] = info.bitrate / 1000
    if isinstance(tags, mutagen.id3.ID3):
        behind, own = from_apev2(path), from_id3(tags)
        # ID3v1 has room for 30 letters: what stands beside it counts more.
        found |= own | behind if tags.version[0] == 1 else behind | own
        found["has_artwork"] = own["has_artwork"] or behind.get("has_artwork", False)
    elif isinstance(file, mutagen.mp3.MP3):
        found |= from_apev2(path)
    elif isinstance(tags, mutagen.mp4.MP4Tags):
        found |= from_mp4(tags)
    elif isinstance(tags, mutagen.asf.ASFTags):
        found |= from_asf(tags)
    elif tags is not None:
        found |= settled([(VORBIS[folded(key)], text) for key, text in tags if folded(key) in VORBIS])
        found["has_artwork"] = bool(getattr(file, "pictures", None)) or "metadata_block_picture" in tags
        if vendor := getattr(tags, "vendor", "").strip():
            found.setdefault("encoder", vendor)
    if isinstance(info, mutagen.mp3.MPEGInfo):
        for field in ("track_gain", "track_peak", "album_gain"):
            if (value := getattr(info, field)) is not None:
                found.setdefault(f"replaygain_{field}", value)
    return found


def several(text: str, separators: str) -> list[str]:
    """The artists or genres of one text, or of a list of the tag."""
    if LIST in text:
        return [value for value in text.split(LIST) if value.strip()]
    parts = [text] if text in ONE or not separators else re.split(f"[{separators}]", text)
    return [part.strip() for part in parts if part.strip()] if len(parts) > 1 else [text]


def from_asf(tags: mutagen.asf.ASFTags) -> Reading:
    """What an ASF tag says, attributes with a slash in their names folded like the others."""
    items = []
    for key, value in tags:
        name = folded(key.replace("/", ""))
        if key in ASF:
            # ffmpeg writes the author twice: in the description and as an attribute.
            if (ASF[key], str(value)) not in items:
                items.append((ASF[key], str(value)))
        elif name in FREE:
            items.append((FREE[name], str(value)))
    found = settled(items)
    compilations = [str(value) in ("1", "True") for key, value in tags if key == "WM/IsCompilation"]
    return found | {"compilation": any(compilations), "has_artwork": "WM/Picture" in tags}


def from_id3(tags: mutagen.id3.ID3) -> Reading:
    items: list[tuple[str, str]] = []
    for frame in tags.values():
        kind = frame.FrameID
        if kind == "TPE1":
            items.append(("artist", LIST.join(frame.text)))
        elif kind in ID3:
            is_date = kind in ("TDRC", "TDOR")
            items += [(ID3[kind], str(text).replace(" ", "T") if is_date else str(text)) for text in frame.text]
        elif kind == "TIT1":
            items += [("grouping", str(text)) for text in frame.text if not tags.getall("GRP1")]
        elif kind == "TCON":
            items.append(("genres", LIST.join(frame.genres)))
        elif kind == "TXXX" and folded(frame.desc) == "ARTISTS":
            items.append(("artists", LIST.join(frame.text)))
        elif kind == "TXXX" and folded(frame.desc) in FREE:
            items += [(FREE[folded(frame.desc)], str(text)) for text in frame.text]
        elif kind == "USLT":
            items.append(("has_lyrics", frame.text))
        elif kind == "SYLT":
            items.append(("has_lyrics", "[00:00.00]"))
        elif kind == "UFID" and frame.owner == "http://musicbrainz.org":
            items.append(("musicbrainz_recording_id", frame.data.decode()))
        elif kind == "COMM" and frame.desc in ("", "ID3v1 Comment"):
            items += [("comment", text) for text in frame.text]
    separators = ";/" if tags.version < (2, 4, 0) else ";"
    return settled(items, separators) | {"has_artwork": bool(tags.getall("APIC"))}


def from_apev2(path: Path) -> Reading:
    """What an APEv2 tag behind the audio of an MP3 adds."""
    try:
        tags = mutagen.apev2.APEv2(path)
    except mutagen.apev2.error:
        return {}
    names = VORBIS | {"TRACK": "track", "DISC": "disc", "YEAR": "date"}
    texts = [key for key in tags if tags[key].kind == mutagen.apev2.TEXT and folded(key) in names]
    has_artwork = any(key.lower().startswith("cover art") for key in tags)
    return settled([(names[folded(key)], text) for key in texts for text in tags[key]]) | {"has_artwork": has_artwork}


def from_mp4(tags: mutagen.mp4.MP4Tags) -> Reading:
    items: list[tuple[str, str]] = []
    for key, values in tags.items():
        if key in MP4:
            items += [(MP4[key], text) for text in values]
        elif key in ("trkn", "disk"):
            items += [
                ("track" if key == "trkn" else "disc", f"{number or ''}/{total or ''}") for number, total in values
            ]
        elif key == "tmpo":
            items += [("bpm", str(number)) for number in values]
        elif key == "cpil":
            items.append(("compilation", "1" if values else "0"))
        elif key.startswith("----:") and folded(key.split(":")[2]) in FREE:
            items += [(FREE[folded(key.split(":")[2])], bytes(value).decode()) for value in values]
    return settled(items) | {"has_artwork": bool(tags.get("covr"))}


def by_tinytag(path: Path) -> Reading:
    tag = tinytag.TinyTag.get(path, image=True)
    found: Reading = {
        "duration_ms": (tag.duration or 0) * 1000 or None,
        "bitrate": tag.bitrate,
        "sample_rate": tag.samplerate,
        "channels": tag.channels,
        "bit_depth": tag.bitdepth,
        "title": tag.title,
        "artist": tag.artist,
        "album": tag.album,
        "album_artist": tag.albumartist,
        "track_number": tag.track,
        "track_total": tag.track_total,
        "disc_number": tag.disc,
        "disc_total": tag.disc_total,
        "date": tag.year,
        "genre": tag.genre,
        "composer": tag.composer,
        "comment": tag.comment,
        "has_artwork": bool(tag.images.any),
    }
    other = {folded(name): values for name, values in tag.other.items()}
    free = settled([(FREE[name], str(value)) for name, values in other.items() if name in FREE for value in values])
    if tag.genre:
        found["genres"] = [tag.genre, *map(str, tag.other.get("genre", []))]
    if tag.year:
        found["year"] = int(tag.year[:4])
    return free | {field: value for field, value in found.items() if value is not None}


def by_ffprobe(path: Path) -> Reading:
    if shutil.which("ffprobe") is None:
        raise FileNotFoundError("ffprobe is not on the PATH: install ffmpeg (apt install ffmpeg, brew install ffmpeg)")
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    said = json.loads(run.stdout)
    audio = next(stream for stream in said["streams"] if stream["codec_type"] == "audio")
    tags = {name.lower(): text for name, text in {**said["format"].get("tags", {}), **audio.get("tags", {})}.items()}
    found: Reading = {
        "format": CONTAINERS[said["format"]["format_name"]],
        "codec": re.sub("^pcm_[suf][0-9].*", "pcm", audio["codec_name"]),
        "duration_ms": float(audio.get("duration") or said["format"]["duration"]) * 1000,
        "sample_rate": int(audio["sample_rate"]),
        "channels": audio["channels"],
        "has_artwork": any(stream["codec_type"] == "video" for stream in said["streams"]),
    }
    if "bit_rate" in audio:
        found["bitrate"] = int(audio["bit_rate"]) / 1000
    if bits := int(audio.get("bits_per_raw_sample") or audio["bits_per_sample"]):
        found["bit_depth"] = bits
    # It joins several values with semicolons, and takes no identifiers apart.
    plain = ("title", "artist", "album", "album_artist", "date", "composer", "comment", "track", "disc", "genre")
    if CONTAINERS[said["format"]["format_name"]] in ("mp4", "asf"):
        # That of the stream is the media header's, and no tag.
        tags.pop("language", None)
        tags |= {name: text for name, text in said["format"].get("tags", {}).items() if name == "language"}
    # The stream's encoder is the one of LAME's header, for want of the tag's.
    tags |= {name: text for name, text in said["format"].get("tags", {}).items() if name == "encoder"}
    if "encoder" in tags:
        # LAME's header pads its name with blanks.
        tags["encoder"] = tags["encoder"].rstrip()
    free = [(FREE[folded(name)], text) for name, text in tags.items() if folded(name) in FREE]
    items = [(name, tags[name].split(";")[0]) for name in plain if name in tags] + free
    return found | {field: value for field, value in settled(items).items() if field not in LISTS}
