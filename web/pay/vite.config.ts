// How the web app is built and served while it is written.
import { appendFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import browserslist from 'browserslist'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { brandInk, brandPaper } from '@bahi/web-ui/theme/brand.ts'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  version: string
}
const gateway = process.env['BAHI_URL'] ?? 'http://127.0.0.1:8080'

const vendor = /node_modules\/(react|react-dom|scheduler|react-router|zustand|@tanstack|typebox|idb-keyval)\//
/** What reads codes: for the screens on which somebody is chosen, scanned or asked, and not for the first. */
const reading =
  'contracts/src/(codes/(read-code|emv-code|mandate-order|signed-link)|mandate-rules|qr)|payments/(requested-payment|parse-payee)'
const codes = new RegExp(reading)
/** Sentences of why a payment failed or is refused: for the screens after the first. */
const failing = 'contracts/src/(upi-codes|reasons)'
const failures = new RegExp(failing)
const core = new RegExp(
  `^(?!.*(${reading}|${failing})).*(packages/contracts/src|web/(ui|pay)/src)/(?!screens/|language/hi)`,
)
const start = /web\/(pay\/src\/(session\/session-lifecycle|contacts|storage\/drafts)|ui\/src\/theme\/theme)/

const nameOf: Record<string, string> = { ios_saf: 'ios' }
const engines = ['chrome', 'edge', 'firefox', 'safari', 'ios_saf']
/** `chrome111`, … of `browserslist`: the oldest of each engine. Others, as Samsung Internet, are a Chrome inside. */
const buildTarget = engines.map((engine) => {
  const versions = browserslist(undefined, { path: import.meta.dirname })
    .filter((one) => one.startsWith(`${engine} `))
    .map((one) => Number(/[\d.]+/.exec(one)?.[0]))
  return `${nameOf[engine] ?? engine}${Math.min(...versions)}`
})

/** Letters and `₹` come with the scripts, not after them: the first text is drawn in its own typeface. */
const fonts: Plugin = {
  name: 'fonts',
  /** The font's licence goes where the font goes. */
  generateBundle() {
    const source = readFileSync(
      fileURLToPath(import.meta.resolve('@fontsource-variable/noto-sans-devanagari/LICENSE')),
    )
    this.emitFile({ type: 'asset', fileName: 'assets/noto-sans-devanagari-license.txt', source })
  },
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((name) => /-latin(-ext)?-wght-normal-[\w-]+\.woff2$/.test(name))
        .map((name) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${name}` },
          injectTo: 'head',
        })),
  },
}

/** Push messages are the worker's, and it has one file. */
const pushWorker: Plugin = {
  name: 'push-worker',
  apply: 'build',
  closeBundle: {
    order: 'post',
    sequential: true,
    handler() {
      appendFileSync(
        new URL('dist/sw.js', import.meta.url),
        readFileSync(new URL('public/push-worker.js', import.meta.url)),
      )
    },
  },
}

export default defineConfig({
  root: import.meta.dirname,
  define: {
    'import.meta.env.BAHI_VERSION': JSON.stringify(version),
    'import.meta.env.BAHI_APP': JSON.stringify(`pay/${version}`),
  },
  build: {
    outDir: 'dist',
    target: buildTarget,
    // Scripts and styles of their own files: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // A schema that no screen asks for is not made.
      treeshake: { manualPureFunctions: ['Type'] },
      output: {
        // A phone far from the server waits for each file: what every screen needs comes in two.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: vendor },
            { name: 'core', test: core, minShareCount: 10 },
            { name: 'core', test: start },
            { name: 'codes', test: codes },
            { name: 'failures', test: failures },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': gateway, '/.well-known': gateway, '/sandbox': gateway } },
  plugins: [
    react(),
    tailwind(),
    fonts,
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifest: {
        name: 'bahi',
        short_name: 'bahi',
        description: 'Pay any UPI ID from your bank account.',
        start_url: '/',
        display: 'standalone',
        background_color: brandPaper,
        theme_color: brandInk,
        icons: [
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // One file: a page whose scripts must be trusted lets its worker import no other by name.
        inlineWorkboxRuntime: true,
        navigateFallback: '/index.html',
        // What the services answer is never kept by the worker: the app keeps what it may, encrypted.
        navigateFallbackDenylist: [
          /^\/v1\//,
          /^\/\.well-known\//,
          /^\/sandbox\//,
          /^\/docs/,
          /^\/problems\//,
        ],
        // Its dictionary is needed once, by who registers or changes a password, with a network.
        globIgnores: ['**/password-rules-*.js', 'push-worker.js'],
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
      },
    }),
    pushWorker,
  ],
})
