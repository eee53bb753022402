// Actions of a receipt: share it, save it as a picture, print it or save it as PDF.
import type { Output } from '@bahi/contracts/call.ts'
import { receipt as contract } from '@bahi/contracts/payment.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/client.ts'
import { useLanguage, useText, type Translate } from '../language/language.ts'
import { drawReceipt, type ReceiptText } from './receipt-picture.ts'
import { useIsSandbox } from '../sandbox/sandbox.ts'
import type { TextKey } from '../language/en.ts'
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'

export function ReceiptActions({ id }: { id: string }) {
  const t = useText()
  const { language } = useLanguage()
  const [message, setMessage] = useState('')
  const receipt = useQuery({
    queryKey: ['receipt', id],
    queryFn: () => call(contract, { params: { id } }),
    staleTime: Infinity,
  })
  const isSandbox = useIsSandbox()
  const text = receipt.data && receiptText(receipt.data, t, (at) => formatMoment(language, at), isSandbox)
  const file = async () =>
    new File([await drawReceipt(text!)], `bahi-${receipt.data!.payment.rrn}.png`, { type: 'image/png' })

  async function share() {
    try {
      const files = [await file()]
      if (navigator.canShare?.({ files })) return await navigator.share({ files, title: text!.title })
      saveFile(files[0]!, files[0]!.name)
      setMessage(t('receipt.saved'))
    } catch (error) {
      // Closing the share sheet is a decision, not a failure.
      if (!(error instanceof DOMException && error.name === 'AbortError')) setMessage(t('receipt.failed'))
    }
  }
  async function savePicture() {
    try {
      const made = await file()
      saveFile(made, made.name)
      setMessage(t('receipt.saved'))
    } catch {
      setMessage(t('receipt.failed'))
    }
  }
  if (receipt.error) {
    return (
      <div className="flex flex-wrap items-center justify-center gap-x-2 text-soft print:hidden">
        {t('receipt.unavailable')}
        <Button look="bare" onClick={() => void receipt.refetch()}>
          {t('action.retry')}
        </Button>
      </div>
    )
  }
  const wait = !text
  return (
    <>
      <div className="grid grid-cols-3 gap-2 print:hidden">
        <Action icon="share" text={t('receipt.share')} disabled={wait} onClick={() => void share()} />
        <Action icon="save" text={t('receipt.picture')} disabled={wait} onClick={() => void savePicture()} />
        <Action icon="print" text={t('receipt.print')} disabled={wait} onClick={() => window.print()} />
      </div>
      <p role="status" className={`text-center text-sm text-soft print:hidden ${message ? '' : 'sr-only'}`}>
        {message}
      </p>
      {text && <PrintedReceipt receipt={text} />}
    </>
  )
}

type ActionProps = {
  icon: 'share' | 'save' | 'print'
  text: string
  disabled: boolean
  onClick: () => void
}

function Action({ icon, text, disabled, onClick }: ActionProps) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onClick}
      className="flex min-h-18 flex-col items-center justify-center gap-1 rounded-2xl bg-sunk px-1 py-2 text-sm font-medium disabled:opacity-50"
    >
      <Icon name={icon} className="size-5 text-accent" />
      {text}
    </button>
  )
}

/** What comes out of the printer, and what no screen shows. */
function PrintedReceipt({ receipt: { title, amount, lines, foot, mark } }: { receipt: ReceiptText }) {
  return (
    <section className="hidden print:block" aria-hidden="true">
      {mark && <p className="mb-4 border-2 border-line p-2 text-center font-bold">{mark}</p>}
      <p className="text-lg font-semibold">{title}</p>
      <p className="mb-6 text-4xl font-bold">{amount}</p>
      <dl>
        {lines.map(({ label, value }) => (
          <div key={label} className="border-t border-line py-2">
            <dt className="text-sm text-soft">{label}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-6 font-semibold">{foot}</p>
    </section>
  )
}

const labels: Record<string, TextKey> = {
  'Paid to': 'receipt.paid-to',
  'Received from': 'receipt.received-from',
  'UPI ID': 'receipt.upi-id',
  'Paid by': 'receipt.paid-by',
  'Received by': 'receipt.received-by',
  Account: 'accounts.account',
  'UPI reference number (RRN)': 'receipt.rrn',
  'UPI transaction id': 'receipt.txn-id',
  Date: 'receipt.date',
  Settled: 'receipt.settled',
  Purpose: 'receipt.purpose',
  'Order reference': 'receipt.order',
  'Merchant category (MCC)': 'receipt.mcc',
  Note: 'receipt.note',
}

/** The receipt of the service, in the language of the app. */
function receiptText(
  receipt: Output<typeof contract>,
  t: Translate,
  shown: (at: string) => string,
  isSandbox: boolean,
): ReceiptText {
  const { payment, amountText, lines } = receipt
  return {
    title: t(payment.direction === 'debit' ? 'receipt.paid' : 'receipt.received'),
    amount: amountText,
    lines: lines.map(({ label, value }) => {
      const key = Object.hasOwn(labels, label) ? labels[label] : undefined
      const moment =
        key === 'receipt.date'
          ? payment.createdAt
          : key === 'receipt.settled'
            ? payment.completedAt
            : undefined
      return { label: key ? t(key) : label, value: moment === undefined ? value : shown(moment) }
    }),
    foot: `${t('app.name')} · UPI`,
    ...(isSandbox ? { mark: t('receipt.sandbox') } : {}),
  }
}
