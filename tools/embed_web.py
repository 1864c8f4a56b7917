"""Embeds the built front end (web/dist, with .br and .gz beside each file) as one table `web_assets`."""
import hashlib
import os
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".txt": "text/plain; charset=utf-8",
}


def files(dist):
    for folder, _, names in sorted(os.walk(dist)):
        for name in sorted(names):
            if not name.endswith((".br", ".gz", ".map")):
                yield os.path.join(folder, name)


def main(dist, out):
    blobs, rows = [], []

    def text(s):
        label = f".Ls{len(blobs)}"
        blobs.append(f'{label}:\t.asciz "{s}"')
        return label

    def data(path):
        if not os.path.exists(path):
            return "0", "0"
        label = f".Lb{len(blobs)}"
        blobs.append(f'{label}:\t.incbin "{os.path.abspath(path)}"\n\t.byte 0')
        return label, str(os.path.getsize(path))

    for path in files(dist) if dist else []:
        with open(path, "rb") as f:
            etag = hashlib.sha256(f.read()).hexdigest()[:20]
        kind = TYPES.get(os.path.splitext(path)[1], "application/octet-stream")
        name = text("/" + os.path.relpath(path, dist).replace(os.sep, "/"))
        br, gz, plain = data(path + ".br"), data(path + ".gz"), data(path)
        rows.append([name, text(kind), br[0], gz[0], plain[0], br[1], gz[1], plain[1], text(etag)])
    rows.append(["0"] * 9)
    with open(out, "w") as f:
        f.write("\t.section .rodata\n" + "\n".join(blobs) + "\n")
        f.write('\t.section .data.rel.ro,"aw"\n\t.balign 8\n\t.globl web_assets\nweb_assets:\n')
        for row in rows:
            f.write("".join(f"\t.quad {cell}\n" for cell in row))
        f.write('\t.section .note.GNU-stack,"",%progbits\n')


main(sys.argv[1], sys.argv[2])
