// Scans a code: with the camera, or from a picture; a payment opens its form, a mandate what it allows, an account that
// of its number, anything else shows what it is.
import { chooseCode, isOrder, type ChosenCode } from '@bahi/contracts/codes/choose-code.ts'
import { emvAccountIn } from '@bahi/contracts/codes/emv-code.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { codeQuery } from '../../payments/code-reading.ts'
import { rememberScannedAccount } from '../../accounts/use-registered-payee.ts'
import { mandateCodePath } from '../../mandates/mandate-path.ts'
import { orderPath } from '../../payments/requested-payment.ts'
import { codesInPicture } from './find-code.ts'
import { useScanText } from './scan-texts.ts'
import { useCamera } from './use-camera.ts'

export function Component() {
  const t = useScanText()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [message, setMessage] = useState('')
  const [isReading, setIsReading] = useState(false)
  const last = useRef('')
  const picture = useRef<HTMLInputElement>(null)

  const onTexts = (texts: string[], isPicture = false) => {
    // A code stays in view: it is reported once.
    const seen = [...texts].sort().join('\n')
    if (seen === last.current) return
    last.current = seen
    const { reading, text } = chooseCode(texts)
    const account = reading.kind === 'refused' ? emvAccountIn(text) : undefined
    if (account) {
      rememberScannedAccount(client, { ...account, text, isPicture })
      return void navigate('/pay/account', { replace: true, state: 'scanned' })
    }
    if (reading.kind !== 'pay' && reading.kind !== 'mandate') return setMessage(readingText(reading, t))
    const path = reading.kind === 'pay' ? orderPath(reading.order, text, isPicture) : mandateCodePath(text)
    if ('vibrate' in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate(60)
    setMessage('')
    setIsReading(true)
    client
      .fetchQuery(codeQuery(text))
      .then(
        () => void navigate(path, { replace: true }),
        (error: unknown) => {
          // In view still, it may be tried again: after a failure, not after a refusal.
          if (isPassing(error)) last.current = ''
          setMessage(problemText(error, t))
        },
      )
      .finally(() => setIsReading(false))
  }
  const camera = useCamera(onTexts)
  const readPicture = async (file: File | undefined) => {
    if (!file) return
    setMessage('')
    setIsReading(true)
    const texts = await codesInPicture(file, isOrder)
    setIsReading(false)
    if (texts.length === 0) return setMessage(t('scan.no-code'))
    last.current = ''
    onTexts(texts, true)
  }
  const why = camera.state === 'starting' || camera.state === 'running' ? undefined : camera.state
  return (
    <Page title={t('scan.title')} back="/">
      <div
        className={`relative aspect-square w-full overflow-hidden rounded-card bg-black sm:aspect-4/3 ${why ? 'hidden' : ''}`}
      >
        <video
          ref={camera.video}
          muted
          playsInline
          aria-label={t('scan.view')}
          className="size-full object-cover"
        />
        <Corners />
        {camera.state === 'starting' && (
          <p role="status" className="absolute inset-0 grid place-items-center p-6 text-center text-white">
            {t('scan.starting')}
          </p>
        )}
        {camera.hasTorch && (
          <button
            type="button"
            aria-pressed={camera.isLit}
            aria-label={t('scan.torch')}
            onClick={() => void camera.switchTorch().catch(() => undefined)}
            className={`absolute right-4 bottom-4 grid size-12 place-items-center rounded-full ${camera.isLit ? 'bg-white text-black' : 'bg-black/60 text-white'}`}
          >
            <Icon name="torch" />
          </button>
        )}
      </div>
      {why && (
        <section
          role="alert"
          className="flex flex-col items-center gap-3 rounded-card bg-sunk px-6 py-10 text-center"
        >
          <Icon name="camera" className="size-10 text-soft" />
          <h2 className="text-lg font-semibold">{t(`scan.${why}`)}</h2>
          <p className="text-soft">{t(`scan.${why}-why`)}</p>
          <Button look="bare" onClick={camera.again}>
            {t('action.retry')}
          </Button>
        </section>
      )}
      {!why && <p className="text-center text-soft">{t('scan.hint')}</p>}
      <div className="flex flex-col gap-3">
        <div role="alert">
          {message && (
            <Note tone="wait" icon="warn">
              {message}
            </Note>
          )}
        </div>
        <div className="flex flex-col gap-2 sm:flex-row">
          <input
            ref={picture}
            type="file"
            accept="image/*"
            className="hidden"
            aria-label={t('scan.picture')}
            onChange={({ target }) => {
              void readPicture(target.files?.[0])
              // The same picture may be chosen again.
              target.value = ''
            }}
          />
          <Button look="quiet" wide busy={isReading} onClick={() => picture.current?.click()}>
            <Icon name="picture" />
            {t('scan.picture')}
          </Button>
          <LinkButton to="/pay" replace look="quiet" wide>
            {t('scan.type-instead')}
          </LinkButton>
        </div>
      </div>
      <p className="text-center text-sm text-soft">{t('scan.never')}</p>
    </Page>
  )
}

function readingText(
  reading: Exclude<ChosenCode['reading'], { kind: 'pay' | 'mandate' }>,
  t: ReturnType<typeof useScanText>,
): string {
  if (reading.kind === 'several') return t('scan.several')
  if (reading.kind === 'refused') return t(`scan.refused-${reading.reason}`)
  if (reading.kind === 'web') return t('scan.is-web', { host: reading.host })
  return t(`scan.is-${reading.kind}`)
}

const isPassing = (error: unknown) => !(error instanceof Problem) || error.status >= 429

const corners =
  'M2 18V8a6 6 0 0 1 6-6h10M82 2h10a6 6 0 0 1 6 6v10M98 82v10a6 6 0 0 1-6 6H82M18 98H8a6 6 0 0 1-6-6V82'
const stroke = {
  fill: 'none',
  stroke: 'currentColor',
  strokeLinecap: 'round',
  vectorEffect: 'non-scaling-stroke',
} as const

/** Where to hold the code. */
function Corners() {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true" className="absolute inset-[12%] size-[76%] text-white">
      <path d={corners} {...stroke} strokeWidth="7" opacity="0.35" className="text-black" />
      <path d={corners} {...stroke} strokeWidth="3" />
    </svg>
  )
}
