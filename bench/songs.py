"""Songs, which are the tags of recordings, and how a tagger writes them into a file.

mutagen is imported where it is used: the trees of empty files do without it.
"""

# mypy: allow-untyped-calls
# mutagen types its classes in part.

from __future__ import annotations

import base64
import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARTISTS = (
    "The Paper Lanterns",
    "Éloïse Forêt",
    "月見楽団",
    "Glass Orchard",
    "Nightbus 🚌",
    "Corvin & the Slow Trains",
    "Žofie Malá",
    "Ōta Mílà",
    "Barn Tapes",
    "Тихая Гавань",
)
GENRES = ("Folk", "Jazz", "Electronic", "Rock", "Ambient", "Chanson", "Blues", "Classical")
WORDS = ("amber", "quiet", "river", "lantern", "north", "winter", "glass", "paper", "slow")


@dataclass(frozen=True)
class Song:
    """The tags of one recording."""

    title: str
    artist: str
    album: str
    date: str
    genre: str
    number: int
    lyrics: str

    @classmethod
    def drawn(cls, rng: random.Random) -> Song:
        lines = [" ".join(rng.choices(WORDS, k=6)) for _ in range(rng.randrange(8, 60))]
        return cls(
            title=" ".join(rng.choices(WORDS, k=rng.randrange(1, 6))).title(),
            artist=rng.choice(ARTISTS),
            album=" ".join(rng.choices(WORDS, k=2)).title(),
            date=str(rng.randrange(1960, 2025)),
            genre=rng.choice(GENRES),
            number=rng.randrange(1, 15),
            lyrics="\n".join(lines),
        )

    def common(self) -> dict[str, str]:
        """The tags in ffmpeg's words."""
        return {
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "album_artist": self.artist,
            "date": self.date,
            "genre": self.genre,
            "track": f"{self.number}/14",
        }

    def comments(self) -> list[str]:
        """The tags as Vorbis comments."""
        return [
            f"TITLE={self.title}",
            f"ARTIST={self.artist}",
            f"ALBUM={self.album}",
            f"ALBUMARTIST={self.artist}",
            f"DATE={self.date}",
            f"GENRE={self.genre}",
            f"TRACKNUMBER={self.number}",
            "TRACKTOTAL=14",
        ]


def picard(target: Path, song: Song, cover: Path | None, *, ape: bool = False) -> None:
    """Adds what a tagger adds: MusicBrainz ids, ReplayGain, lyrics and the cover."""
    import mutagen
    from mutagen import apev2, asf, flac, id3, mp4

    texts = {
        name: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {song.title} {song.album}"))
        for name in ("Track Id", "Release Track Id", "Album Id", "Artist Id", "Album Artist Id")
    }
    data = cover.read_bytes() if cover else b""
    file: Any = mutagen.File(target)
    if isinstance(file, mp4.MP4):
        for name, text in texts.items():
            file[f"----:com.apple.iTunes:MusicBrainz {name}"] = mp4.MP4FreeForm(text.encode())
        file["----:com.apple.iTunes:replaygain_track_gain"] = mp4.MP4FreeForm(b"-7.03 dB")
        file["\xa9lyr"] = song.lyrics
        if data:
            file["covr"] = [mp4.MP4Cover(data, mp4.AtomDataType.JPEG)]
    elif isinstance(file, asf.ASF):
        for name, text in texts.items():
            file[f"MusicBrainz/{name}"] = text
        file["WM/Lyrics"] = song.lyrics
        if data:
            head = bytes([id3.PictureType.COVER_FRONT]) + len(data).to_bytes(4, "little")
            block = head + "image/jpeg\0\0".encode("utf-16-le") + data
            file["WM/Picture"] = asf.ASFByteArrayAttribute(block)  # type: ignore[attr-defined]
    elif target.suffix == ".mp3":
        for name, text in texts.items():
            file.tags.add(id3.TXXX(encoding=3, desc=f"MusicBrainz {name}", text=text))
        file.tags.add(id3.TXXX(encoding=3, desc="replaygain_track_gain", text="-7.03 dB"))
        file.tags.add(id3.USLT(encoding=3, lang="eng", text=song.lyrics))
        if data:
            file.tags.add(id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=data))
    else:
        for name, text in texts.items():
            file[f"MUSICBRAINZ_{name.upper().replace(' ', '')}"] = text
        file["REPLAYGAIN_TRACK_GAIN"] = "-7.03 dB"
        file["LYRICS"] = song.lyrics
        if data:
            picture = flac.Picture()
            picture.type, picture.mime, picture.data = 3, "image/jpeg", data
            if isinstance(file, flac.FLAC):
                file.add_picture(picture)
            else:
                block = base64.b64encode(picture.write())
                file["METADATA_BLOCK_PICTURE"] = block.decode()
    file.save()
    if ape:
        tag: Any = apev2.APEv2()
        tag["Title"], tag["Artist"], tag["Album"] = song.title, song.artist, song.album
        tag.save(target)


def retag(target: Path, song: Song) -> None:
    """Gives a copy of a small recording its own title, artist, album and number."""
    import mutagen
    from mutagen import id3

    tags = {
        "title": song.title,
        "artist": song.artist,
        "album": song.album,
        "date": song.date,
        "genre": song.genre,
        "tracknumber": str(song.number),
    }
    file: Any = mutagen.File(target, easy=True)
    if target.suffix == ".wav":
        # mutagen has no easy names for WAV.
        file.add_tags()
        for frame, name in ((id3.TIT2, "title"), (id3.TPE1, "artist"), (id3.TALB, "album")):
            file.tags.add(frame(encoding=3, text=tags[name]))
        file.tags.add(id3.TDRC(encoding=3, text=song.date))
        file.tags.add(id3.TRCK(encoding=3, text=str(song.number)))
    else:
        file.update(tags)
    file.save()
