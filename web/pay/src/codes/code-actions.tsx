// What can be done with a code of one's own: copy it, save its picture, share it.
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { useState } from 'react'
import type { TextKey } from '../language/en.ts'
import { useText } from '../language/language.ts'
import { qrPicture } from './qr-picture.ts'

type CodeActionsProps = {
  link: string
  /** Under the code in its picture. */
  lines: string[]
  /** Of the picture, without its extension. */
  fileName: string
  copy: { label: TextKey; text: string; done: string }
  shareText: string
}

export function CodeActions({ link, lines, fileName, copy, shareText: text }: CodeActionsProps) {
  const t = useText()
  const [message, setMessage] = useState('')

  const copyText = async () => {
    await navigator.clipboard.writeText(copy.text)
    setMessage(copy.done)
  }
  const save = async () => {
    saveFile(await qrPicture(link, lines), `${fileName.replaceAll(/[^a-z0-9]+/gi, '-')}.png`)
    setMessage(t('receive.saved'))
  }
  const share = async () => {
    if ('canShare' in navigator) {
      const picture = new File([await qrPicture(link, lines)], 'upi-qr.png', { type: 'image/png' })
      const withPicture = { text, files: [picture] }
      if (navigator.canShare(withPicture)) return navigator.share(withPicture)
    }
    if ('share' in navigator) await navigator.share({ text })
    else {
      await (navigator as Navigator).clipboard.writeText(text)
      setMessage(t('receive.text-copied'))
    }
  }
  const attempt = (what: () => Promise<void>) => () => {
    setMessage('')
    what().catch((error: unknown) => {
      // Closing the share sheet is a decision, not a failure.
      if (!(error instanceof DOMException && error.name === 'AbortError'))
        setMessage(t('receive.not-possible'))
    })
  }
  const actions: [TextKey, IconName, () => Promise<void>][] = [
    [copy.label, 'copy', copyText],
    ['receive.save', 'download', save],
    ['action.share', 'share', share],
  ]
  return (
    <>
      <div className="grid grid-cols-3 gap-2">
        {actions.map(([label, icon, does]) => (
          <Button
            key={label}
            look="quiet"
            className="flex-col gap-1! rounded-2xl! px-2! py-3 text-sm"
            onClick={attempt(does)}
          >
            <Icon name={icon} />
            {t(label)}
          </Button>
        ))}
      </div>
      <p role="status" className={message ? 'text-center text-soft' : 'sr-only'}>
        {message}
      </p>
    </>
  )
}
