// The one table of who may import whom: ESLint, Nx and the tidy test all read it from here.

/** One part of the tree. `imports` names other parts. */
export type Part = {
  scope:
    | 'contracts'
    | 'kit'
    | 'testing'
    | 'service'
    | 'sandbox'
    | 'platform'
    | 'web-ui'
    | 'web-app'
    | 'e2e'
    | 'bench'
    | 'tools'
    | 'deploy'
  /** Its folders, as the start of a path from the root; `*` stands for one folder's name. */
  folder: string
  imports: readonly string[]
  /** Beyond those, for tests and what is named `testing…`. */
  inTests?: readonly string[]
  /** True where a driver may be named; everybody else asks the kit. */
  drivers: boolean
}

/** What proofs, measurements and commands may use: the product. Only images use another of these: commands. */
const product = ['contracts', 'kit', 'testing', 'service', 'sandbox', 'platform', 'web-ui', 'web-app']

export const parts: readonly Part[] = [
  { scope: 'contracts', folder: 'packages/contracts', imports: ['contracts'], drivers: false },
  {
    scope: 'kit',
    folder: 'packages/kit',
    imports: ['kit', 'contracts'],
    inTests: ['testing'],
    drivers: true,
  },
  { scope: 'testing', folder: 'packages/testing', imports: ['kit', 'contracts'], drivers: false },
  {
    scope: 'platform',
    folder: 'packages/platform',
    imports: ['service', 'sandbox', 'kit', 'contracts'],
    inTests: ['testing'],
    drivers: false,
  },
  {
    scope: 'service',
    folder: 'services/*',
    imports: ['kit', 'contracts'],
    inTests: ['testing'],
    drivers: false,
  },
  {
    scope: 'sandbox',
    folder: 'sandbox',
    imports: ['sandbox', 'kit', 'contracts'],
    inTests: ['testing'],
    drivers: false,
  },
  { scope: 'web-ui', folder: 'web/ui', imports: ['web-ui', 'contracts'], drivers: false },
  // Every other folder is an app of its own: none imports another.
  { scope: 'web-app', folder: 'web/*', imports: ['web-ui', 'contracts'], drivers: false },
  { scope: 'e2e', folder: 'e2e', imports: ['e2e', ...product], drivers: true },
  { scope: 'bench', folder: 'bench', imports: ['bench', ...product], drivers: true },
  { scope: 'tools', folder: 'tools', imports: ['tools', ...product], drivers: true },
  { scope: 'deploy', folder: 'deploy', imports: ['deploy', 'tools', ...product], drivers: true },
]

/** Packages that only the kit may name, so that each can be replaced in one place. */
export const drivers: readonly string[] = [
  'fastify',
  'postgres',
  'redis',
  'rabbitmq-client',
  'undici',
  'aws4fetch',
]

/** The part a path from the root belongs to; undefined for files at the root itself. */
export function partOf(path: string): Part | undefined {
  return parts.find((part) => new RegExp(`^${part.folder.replace('*', '[^/]+')}(/|$)`).test(path))
}

/** The folder of the package a path belongs to: `services/payment` for any file below it. */
export function packageFolder(path: string): string | undefined {
  const depth = partOf(path)?.folder.split('/').length
  return depth === undefined ? undefined : path.split('/').slice(0, depth).join('/')
}
