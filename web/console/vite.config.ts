// How the console is built, and served while it is written.
import { readFileSync } from 'node:fs'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  version: string
}
const gateway = process.env['BAHI_CONSOLE_URL'] ?? 'http://127.0.0.1:8090'

export default defineConfig({
  root: import.meta.dirname,
  define: { 'import.meta.env.BAHI_APP': JSON.stringify(`console/${version}`) },
  build: {
    outDir: 'dist',
    // The oldest browsers of `browserslist`.
    target: ['chrome111', 'edge111', 'firefox128', 'safari16.4'],
    // Scripts and styles of their own files: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A schema that no screen asks for is not made.
    rolldownOptions: { treeshake: { manualPureFunctions: ['Type'] } },
  },
  server: { proxy: { '/v1': gateway, '/sandbox': gateway } },
  plugins: [react(), tailwind()],
})
