// What PostgreSQL runs for each finished segment of its log: `archive-wal.ts <folder> <recipient> <path> <name>`. It
// ends with 0 only when the segment is sealed and on disk; until then the server keeps it and asks again.
import { readFile } from 'node:fs/promises'
import { storeWal } from './repository.ts'

const [folder, recipient, path, name] = process.argv.slice(2)
if (!folder || !recipient || !path || !name) throw new Error('usage: <folder> <recipient> <path> <name>')
await storeWal(folder, name, await readFile(path), recipient)
