"""Speaks the demo's interviews: script in, MP3 and WebVTT out.

`content/scripts/<slug>.txt` holds a paragraph per turn, "Name: words". espeak-ng speaks every
sentence on its own, so that each cue's start and end are measured in samples; the pieces are joined
with short pauses and encoded by ffmpeg. A cue is named "4.2": second sentence of the fourth turn.
The results are committed. Run this after editing a script:

    python -m app.demo.recording
"""

import re
import subprocess
import tempfile
import tomllib
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

CONTENT = Path(__file__).parent / "content"
RATE = 22_050  # what espeak-ng speaks at
SENTENCE_PAUSE, TURN_PAUSE, MARGIN = 0.3, 0.7, 0.05  # seconds
VOICES = {  # espeak-ng voice, pitch, words a minute
    "Dilys Prosser": ("en-gb-x-rp+f4", 48, 156),
    "Marguerite Delorme": ("en-gb+f2", 36, 148),
    "Joseph Tamihana": ("en-gb", 30, 150),
    "Halima Sow": ("en-us+f3", 42, 154),
    "Torben Lykke": ("en-gb-x-rp", 40, 157),
    "Farid Haidari": ("en-us", 38, 150),
}
LEVEL = "acompressor=threshold=-20dB:ratio=2.5:makeup=6dB,alimiter=limit=0.8"
SOUND = f"-af highpass=f=70,lowpass=f=7800,{LEVEL} -c:a libmp3lame -b:a 24k -id3v2_version 3"


def sentences(script: str) -> Iterator[tuple[int, int, str, str]]:
    """Yields turn, place in the turn, name and words of every sentence."""
    for turn, paragraph in enumerate(script.strip().split("\n\n"), 1):
        name, words = paragraph.split(": ", 1)
        for place, sentence in enumerate(re.split(r"(?<=[.?!])\s+", words.strip()), 1):
            yield turn, place, name, sentence


def spoken(name: str, sentence: str, scratch: str) -> "array[int]":
    """The samples of one sentence, without the silence around it."""
    voice, pitch, speed = VOICES[name]
    command = f"espeak-ng -v {voice} -p {pitch} -s {speed} -w {scratch}"
    subprocess.run([*command.split(), sentence], check=True)  # noqa: S603
    with wave.open(scratch) as piece:
        samples = array("h", piece.readframes(piece.getnframes()))
    loud = [i for i, sample in enumerate(samples) if abs(sample) > 120]
    margin = int(MARGIN * RATE)
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]


def clock(samples: int) -> str:
    """A place in the recording as WebVTT writes it."""
    milliseconds = round(samples * 1000 / RATE)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def record(slug: str, scratch: str) -> None:
    """Writes the audio and the transcript of one episode."""
    sound, cues, turn_before = array("h"), ["WEBVTT\n"], 1
    script = (CONTENT / f"scripts/{slug}.txt").read_text("utf-8")
    for turn, place, name, sentence in sentences(script):
        pause = SENTENCE_PAUSE if turn == turn_before else TURN_PAUSE
        sound.extend([0] * int(pause * RATE if sound else 0))
        start, turn_before = len(sound), turn
        sound.extend(spoken(name, sentence, scratch))
        times = f"{clock(start)} --> {clock(len(sound))}"
        cues.append(f"{turn}.{place}\n{times}\n<v {name}>{sentence}\n")
    (CONTENT / f"transcripts/{slug}.vtt").write_text("\n".join(cues), "utf-8")
    encode(slug, sound)


def encode(slug: str, sound: "array[int]") -> None:
    """Writes the samples as a small mono MP3 with its title in it."""
    front = (CONTENT / f"episodes/{slug}.md").read_text("utf-8").split("+++")[1]
    tags = [f"title={tomllib.loads(front)['title']}", "artist=Perspectives on Leadership"]
    command = f"ffmpeg -v error -y -f s16le -ar {RATE} -ac 1 -i - {SOUND}".split()
    metadata = [word for tag in tags for word in ("-metadata", tag)]
    target = CONTENT / f"audio/{slug}.mp3"
    subprocess.run([*command, *metadata, target], input=sound.tobytes(), check=True)  # noqa: S603


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile(suffix=".wav") as scratch_file:
        for path in sorted((CONTENT / "scripts").glob("*.txt")):
            record(path.stem, scratch_file.name)
