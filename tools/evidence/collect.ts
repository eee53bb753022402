// Collects each source into a file of its own; what is not there is named with its reason.
import type { CheckpointSigner } from '@bahi/audit/checkpoints/checkpoint.ts'
import { writeFolder, type Manifest } from './folder.ts'
import { sourcesOfCode } from './of-code.ts'
import { sourcesOfData } from './of-data.ts'
import { sourcesOfKeys } from './of-keys.ts'
import { sourcesOfPeople } from './of-people.ts'
import { sourcesOfSettings } from './of-settings.ts'
import { withoutUsers, type Evidence, type Source } from './source.ts'

export const sources: readonly Source[] = [
  ...sourcesOfCode,
  ...sourcesOfSettings,
  ...sourcesOfKeys,
  ...sourcesOfData,
  ...sourcesOfPeople,
]

/** A phone, or a mail address or UPI ID: none belongs into evidence, whatever a source reads. */
const personal = /\+91\d{10}|[\p{L}\d._-]+@[a-z]/iu

/** @param without names of sources that are left out, on record */
export async function collectEvidence(
  folder: string,
  evidence: Evidence,
  { without, signer }: { without: readonly string[]; signer: CheckpointSigner | undefined },
): Promise<Manifest> {
  const texts = new Map<string, string>()
  const files: Pick<Source, 'name' | 'about'>[] = []
  const [absent, faults]: [Manifest['absent'], Manifest['faults']] = [[], []]
  for (const { name, about, namesOthers, collect } of sources) {
    try {
      if (without.includes(name)) throw new Error('left out by --without')
      const found = await collect(evidence)
      const text =
        typeof found.value === 'string' ? found.value : `${JSON.stringify(found.value, undefined, 2)}\n`
      if (!namesOthers && personal.test(text)) throw new Error('it would hold what looks like personal data')
      texts.set(name, text)
      files.push({ name, about })
      faults.push(...(found.faults ?? []).map((fault) => ({ name, fault })))
    } catch (error) {
      absent.push({ name, about, why: reasonOf(error) })
    }
  }
  const { from, to } = evidence.period
  const period = { from: from.toISOString(), to: to.toISOString() }
  const about = { collectedAt: evidence.now.toISOString(), period, files, absent, faults }
  return writeFolder(folder, texts, about, signer)
}

/** The first line, without what looks personal or like a password in a URL. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return withoutUsers(text.split('\n')[0]!)
    .replaceAll(/\+91\d{10}/g, '•••')
    .slice(0, 200)
}
