// The page of the network for people: banks and addresses are rendered here, page.js updates the rest.
import { readFile } from 'node:fs/promises'
import { describeAddresses } from '../scenarios/addresses.ts'
import { handleOf, otherBanks } from '../banks/bank.ts'

/** Everything is loaded from this server, nothing is inline. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const files = {
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
} as const
export type PageFile = keyof typeof files

export async function readPageFile(name: PageFile): Promise<{ type: string; text: string }> {
  return { type: files[name], text: await readFile(new URL(`../../page/${name}`, import.meta.url), 'utf8') }
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
const cells = (...texts: string[]) => texts.map((text) => `<td>${text}</td>`).join('')

export function networkPage(): string {
  const banks = otherBanks.map(({ code, name, ifsc, pinLength }) => {
    const codes = [code, ifsc, `@${handleOf(code)}`].map((text) => `<code>${text}</code>`)
    return `<tr>${cells(escaped(name), ...codes, `${pinLength} digits`)}</tr>`
  })
  const addresses = describeAddresses().map(({ vpa, asPayee, asPayer }) => {
    return `<tr>${cells(`<code>${escaped(vpa)}</code>`, escaped(asPayee), escaped(asPayer))}</tr>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bahi sandbox: the network</title>
<link rel="stylesheet" href="/sandbox/network/files/page.css">
<script type="module" src="/sandbox/network/files/page.js"></script>
</head>
<body>
<header>
<h1>The network</h1>
<p>A simulated UPI switch with simulated banks. No money here is real, and no bank here exists.</p>
<p role="status" aria-live="polite"></p>
</header>
<main>
<h2>Transactions</h2>
<div class="card" id="transactions"><p class="soft">Loading. Without scripts, read
<a href="/sandbox/network/transactions">/sandbox/network/transactions</a>.</p></div>

<h2>Pay from another bank</h2>
<div class="card"><form id="pay">
<label>Payer, at another bank <input name="payerVpa" required value="ok@sandbox" autocomplete="off"></label>
<label>Payee, one of our UPI IDs <input name="payeeVpa" required placeholder="asha@bahi" autocomplete="off"></label>
<label>Rupees <input name="rupees" type="number" min="0.01" step="0.01" required value="250"></label>
<button>Pay</button>
</form></div>

<h2>Faults</h2>
<p>The first rule that matches a transaction is applied. The addresses below take precedence over rules.</p>
<div class="card"><table><tbody id="rules"></tbody></table>
<form id="add-rule">
<label>Fault <select name="effect">
<option value="declined-debit">Debit declined (Z9)</option>
<option value="declined-credit">Credit declined (YF)</option>
<option value="answer-lost">Response lost</option>
<option value="request-lost">Request lost</option>
<option value="answer-late">Response late</option>
<option value="twice">All messages sent twice</option>
<option value="deemed">Deemed, then credited</option>
<option value="returned">Deemed, then returned</option>
<option value="slow">Credit takes 8 seconds</option>
<option value="offline">Payee’s bank offline</option>
</select></label>
<label>Payee: a UPI ID or @handle; empty for all <input name="payeeVpa" placeholder="@ganga" autocomplete="off"></label>
<label>Share of matching payments, in percent <input name="share" type="number" min="0" max="100" value="100"></label>
<button>Add</button>
</form></div>

<h2>Test addresses</h2>
<p>Pay one of them, or let it pay one of your UPI IDs.</p>
<div class="card"><table>
<thead><tr><th>Address</th><th>As payee</th><th>As payer</th></tr></thead>
<tbody>${addresses.join('\n')}</tbody>
</table></div>

<h2>Banks</h2>
<div class="card"><table>
<thead><tr><th>Bank</th><th>Code</th><th>IFSC</th><th>UPI IDs</th><th>UPI PIN</th></tr></thead>
<tbody>${banks.join('\n')}</tbody>
</table></div>
</main>
</body>
</html>
`
}
