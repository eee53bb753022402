// The thread that looks for codes in pictures: says `ready`; then bytes in, texts out, nothing for what is no picture.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const most = 8
const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } })

parentPort!.on('message', (bytes: Uint8Array) => {
  readBarcodes(bytes, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: most }).then(
    (found) => {
      const texts = found.map(({ text }) => text).filter((text) => text !== '')
      parentPort!.postMessage([...new Set(texts)])
    },
    () => parentPort!.postMessage(undefined),
  )
})
parentPort!.postMessage('ready')
