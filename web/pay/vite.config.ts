// How the web app is built and served while it is written.
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const gateway = process.env['BAHI_URL'] ?? 'http://127.0.0.1:8080'

const vendor = /node_modules\/(react|react-dom|scheduler|react-router|zustand|@tanstack|typebox|idb-keyval)\//
const core = /(packages\/contracts\/src|web\/(ui|pay)\/src)\/(?!screens\/|language\/hi)/
const start = /web\/(pay\/src\/(session\/session-lifecycle|contacts|storage\/drafts)|ui\/src\/theme\/theme)/

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    target: 'es2022',
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
            { name: 'core', test: core, minShareCount: 6 },
            { name: 'core', test: start },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': gateway, '/sandbox': gateway } },
  plugins: [
    react(),
    tailwind(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifest: {
        name: 'bahi',
        short_name: 'bahi',
        description: 'Pay any UPI ID from your bank account.',
        start_url: '/',
        display: 'standalone',
        background_color: '#fbf8f4',
        theme_color: '#9f1f18',
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
        navigateFallbackDenylist: [/^\/v1\//, /^\/sandbox\//, /^\/docs/, /^\/problems\//],
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
      },
    }),
  ],
})
