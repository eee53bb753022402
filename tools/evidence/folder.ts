// A folder of evidence: written whole or not at all, never over another one; its manifest has the hash of each file and
// is signed.
import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CheckpointKey, CheckpointSigner } from '@bahi/audit/checkpoints/checkpoint.ts'
import { isSignedBy } from '@bahi/kit/crypto/detached-signature.ts'

export const manifestName = 'manifest.json'
export const signatureName = 'manifest.signature.json'

type About = { name: string; about: string }
export type Manifest = {
  format: 'bahi-evidence-1'
  collectedAt: string
  period: { from: string; to: string }
  files: (About & { bytes: number; sha256: string })[]
  absent: (About & { why: string })[]
  faults: { name: string; fault: string }[]
}
type Signature = { kid: string; algorithm: string; signature: string }

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

/** Throws when something is there already. */
export async function refuseExisting(folder: string): Promise<void> {
  if (await lstat(folder).catch(() => undefined))
    throw new Error(`${folder} is there already: evidence is written once`)
}

/** Read-only files in a new folder. Without a signer the manifest is not signed. */
export async function writeFolder(
  folder: string,
  texts: ReadonlyMap<string, string>,
  about: Omit<Manifest, 'format' | 'files'> & { files: About[] },
  signer: CheckpointSigner | undefined,
): Promise<Manifest> {
  const files = about.files.map((file) => {
    const text = texts.get(file.name)!
    return { ...file, bytes: Buffer.byteLength(text), sha256: sha256(text) }
  })
  const manifest: Manifest = { format: 'bahi-evidence-1', ...about, files }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  const all = new Map(texts).set(manifestName, text)
  if (signer) {
    const { kid, algorithm } = signer
    const signature: Signature = { kid, algorithm, signature: signer.sign(text) }
    all.set(signatureName, `${JSON.stringify(signature)}\n`)
  }
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  try {
    for (const [name, content] of all) await writeFile(join(unfinished, name), content, { mode: 0o400 })
    await refuseExisting(folder)
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
  await chmod(folder, 0o500)
  return manifest
}

/** Every fault of a folder; none when it is as it was signed. Throws when it is no folder of evidence. */
export async function folderFaults(folder: string, keys: readonly CheckpointKey[]): Promise<string[]> {
  const text = await readFile(join(folder, manifestName), 'utf8')
  const { format, files } = JSON.parse(text) as Manifest
  if (format !== 'bahi-evidence-1') throw new Error(`${folder} is no evidence of this format`)
  const faults: string[] = []
  const signed = await readFile(join(folder, signatureName), 'utf8').catch(() => undefined)
  if (signed === undefined) faults.push(`${manifestName} is not signed`)
  else if (!isSigned(text, signed, keys))
    faults.push(`${manifestName} is not signed by a key that is trusted`)
  for (const { name, sha256: hash } of files) {
    const content = await readFile(join(folder, basename(name))).catch(() => undefined)
    if (!content) faults.push(`${name} is missing`)
    else if (sha256(content) !== hash) faults.push(`${name} is another than it was`)
  }
  const known = new Set([manifestName, signatureName, ...files.map(({ name }) => name)])
  const others = (await readdir(folder)).filter((name) => !known.has(name))
  return [...faults, ...others.map((name) => `${name} is not of it`)]
}

function isSigned(text: string, document: string, keys: readonly CheckpointKey[]): boolean {
  try {
    const { kid, signature } = JSON.parse(document) as Signature
    return keys.some((key) => key.kid === kid && isSignedBy(key, text, signature))
  } catch {
    return false
  }
}
