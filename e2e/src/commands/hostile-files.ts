// `npm run hostile-files`: files that strangers send as documents, through the whole platform; fails unless nothing
// unclean is kept and everything still works.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { startClamd } from '@bahi/testing/clamd.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { sendFiles } from '../hostile-files/send-files.ts'
import { startPlatform } from '@bahi/platform/testing-platform.ts'

const help = `npm run hostile-files -- [options]

Starts the platform with a ClamAV daemon, and sends files as documents of KYC: polyglots, bombs, viruses, pictures with
places, PDFs with scripts, files that are cut or of another type, and a slow upload. Whatever is kept is opened: it has
to be one plain JPEG a page, without metadata, a script or a byte after it; of what is refused nothing is kept. Ends
with 0 when that holds, with 1 when not, with 2 when it cannot run.

  --count <n>      files (default 1000)
  --from <n>       the seed of the first one (default 1)
  --report <file>  figures as JSON
  --help           this text`

const { values } = parseArguments(help, {
  count: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  report: { type: 'string' },
})
const [count, from] = [Number(values.count), Number(values.from)]
if (!(count >= 1 && from >= 0)) exitWith(`--count and --from are numbers\n\n${help}`)
const { missing } = await ensureServers(['clamd'])
if (missing.length > 0) exitWith('not installed here: clamd (Debian: clamav-daemon)')

const folder = await mkdtemp(join(tmpdir(), 'bahi-hostile-'))
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false })
const clamd = await startClamd()
const files = join(folder, 'blobs')
await mkdir(files)
const blobs = folderStorage(files)
const platform = await startPlatform(postgres.adminUrl, { BAHI_CLAMD: clamd.url }, { blobs })
try {
  const report = await sendFiles(platform, { count, from, blobs, log: (line) => console.log(line) })
  const { faults, ...figures } = report
  console.log(JSON.stringify(figures, undefined, 2))
  for (const fault of faults) console.error(`FAULT  ${fault}`)
  if (values.report) await writeFile(values.report, `${JSON.stringify(report, undefined, 2)}\n`)
  process.exitCode = faults.length === 0 && figures.files === count ? 0 : 1
} finally {
  await platform.stop()
  await clamd.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
