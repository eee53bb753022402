// Recovery codes, shown once: to be written down or saved before going on.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { useText } from '../../language/language.ts'

export function RecoveryCodes({ codes, onStored }: { codes: string[]; onStored: () => void }) {
  const t = useText()
  const text = `${codes.join('\n')}\n`
  return (
    <>
      <p>{t('factor.codes-about')}</p>
      <ul className="grid grid-cols-1 gap-x-6 gap-y-1 rounded-2xl bg-sunk p-4 font-mono sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button look="quiet" onClick={() => saveFile(new Blob([text]), 'bahi-recovery-codes.txt')} wide>
        {t('factor.codes-save')}
      </Button>
      <Button onClick={onStored} wide>
        {t('factor.codes-stored')}
      </Button>
    </>
  )
}
