#!/usr/bin/env python3
"""Makes a narrated recording from a script: audio, captions and chapters that fit each other.

    record.py session-1.txt            writes session-1.opus, session-1.vtt, session-1-chapters.vtt

Needs espeak-ng (the voice) and opusenc of opus-tools, both packages of Debian and others.
The same script and the same version of both programs give the same files.

To put a person's voice in its place, record one file per chapter, in order, named
session-1/01.wav, session-1/02.wav ... (16 bit, mono), and run

    record.py session-1.txt session-1/

Captions then share the time of their chapter by the length of their text. Correct them by ear.

A script has `## Chapter` lines, one caption a line, empty lines for a short pause,
`[pause 5]` for a longer one, and `caption | as it is spoken` where the two differ.
"""

import io
import re
import subprocess
import sys
import wave
from pathlib import Path

VOICE, WORDS_PER_MINUTE = "en-gb", "150"
BETWEEN, SHORT = 0.35, 0.9  # Seconds of silence after a line, and for an empty one.
BITS = "16"  # Kilobits a second; speech in one channel needs no more.


def read(script):
    """The chapters of a script: each a title and its parts, (caption, spoken) or seconds."""
    chapters = []
    for number, line in enumerate(script.splitlines(), 1):
        line = line.strip()
        if line.startswith("## "):
            chapters.append((line[3:], []))
        elif line.startswith("#"):
            continue
        elif pause := re.fullmatch(r"\[pause (\d+)\]", line):
            part(chapters, number).append(float(pause[1]))
        elif line:
            caption, _, spoken = (half.strip() for half in line.partition("|"))
            part(chapters, number).append((caption, spoken or caption))
        elif chapters:
            chapters[-1][1].append(SHORT)
    return chapters


def part(chapters, number):
    if not chapters:
        sys.exit(f"line {number}: text before the first `## Chapter`")
    return chapters[-1][1]


def speak(text):
    """The samples of a sentence, and how many there are in a second."""
    command = ["espeak-ng", "-v", VOICE, "-s", WORDS_PER_MINUTE, "--stdout", text]
    # Written to a pipe, the header of the file says a wrong length. What follows it counts.
    out = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(out)) as file:
        return out[44:], file.getframerate()


def by_machine(chapters):
    """Every caption spoken: the samples of all, their rate, captions and chapters with times."""
    sound, rate, cues, marks = bytearray(), 22050, [], []
    seconds = lambda: len(sound) / 2 / rate
    silence = lambda length: bytes(2 * int(length * rate))
    for title, parts in chapters:
        begin = seconds()
        for item in parts:
            if isinstance(item, float):
                sound += silence(item)
                continue
            start = seconds()
            samples, rate = speak(item[1])
            sound += samples
            cues.append((start, seconds(), item[0]))
            sound += silence(BETWEEN)
        marks.append((begin, seconds(), title))
    return bytes(sound), rate, cues, marks


def by_person(chapters, folder):
    """The same from recorded chapters."""
    sound, rate, cues, marks = bytearray(), 0, [], []
    for number, (title, parts) in enumerate(chapters, 1):
        path = folder / f"{number:02}.wav"
        with wave.open(str(path)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                sys.exit(f"{path}: wanted are one channel and 16 bit")
            if rate not in (0, file.getframerate()):
                sys.exit(f"{path}: {file.getframerate()} samples a second, the others have {rate}")
            rate, samples = file.getframerate(), file.readframes(file.getnframes())
        begin, length = len(sound) / 2 / rate, len(samples) / 2 / rate
        captions = [item[0] for item in parts if not isinstance(item, float)]
        letters, at = sum(map(len, captions)), begin
        for caption in captions:
            until = at + length * len(caption) / letters
            cues.append((at, until, caption))
            at = until
        marks.append((begin, begin + length, title))
        sound += samples
    return bytes(sound), rate, cues, marks


def stamp(seconds):
    thousandths = round(seconds * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def vtt(cues):
    blocks = (f"{stamp(start)} --> {stamp(end)}\n{text}\n" for start, end, text in cues)
    return "WEBVTT\n\n" + "\n".join(blocks)


def main():
    if len(sys.argv) not in (2, 3) or not Path(sys.argv[1]).is_file():
        sys.exit(__doc__)
    script = Path(sys.argv[1])
    chapters = read(script.read_text(encoding="utf-8"))
    if len(sys.argv) == 3:
        sound, rate, cues, marks = by_person(chapters, Path(sys.argv[2]))
    else:
        sound, rate, cues, marks = by_machine(chapters)
    raw = ["--raw", "--raw-chan", "1", "--raw-bits", "16", "--raw-rate", str(rate)]
    made = ["opusenc", "--quiet", "--serial", "1", "--speech", "--bitrate", BITS, *raw, "-"]
    subprocess.run([*made, str(script.with_suffix(".opus"))], input=sound, check=True)
    script.with_suffix(".vtt").write_text(vtt(cues), encoding="utf-8")
    script.with_name(f"{script.stem}-chapters.vtt").write_text(vtt(marks), encoding="utf-8")
    print(f"{stamp(marks[-1][1])[:8]}, {len(marks)} chapters, {len(cues)} captions")


if __name__ == "__main__":
    main()
