// Writes .br (quality 11) and .gz beside every built file, so the server never compresses at run time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist', import.meta.url).pathname
const kinds = /\.(html|js|css|svg|json|txt|webmanifest)$/

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
	if (!entry.isFile() || !kinds.test(entry.name)) continue
	const path = join(entry.parentPath, entry.name)
	const plain = readFileSync(path)
	writeFileSync(
		`${path}.br`,
		brotliCompressSync(plain, {
			params: {
				[constants.BROTLI_PARAM_QUALITY]: 11,
				[constants.BROTLI_PARAM_LGWIN]: 22,
				[constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
			},
		}),
	)
	writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
}
