// The documents of a submission: photographed or chosen, sent with their progress, and then submitted together.
import type { KycDocumentView, KycView } from '@bahi/contracts/kyc.ts'
import type { KycDocumentKind } from '@bahi/contracts/kyc-rules.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { ErrorNote } from '@bahi/web-ui/components/states.tsx'
import { useId } from 'react'
import { ProblemNote } from '../../api/problem-states.tsx'
import { DocumentPages } from './document-pages.tsx'
import { useKycText } from './kyc-texts.ts'
import { useSubmitKyc, useUpload } from './use-kyc.ts'

type Submission = NonNullable<KycView['submission']>
type Rules = KycView['rules']

export function KycDocuments({ submission, rules }: { submission: Submission; rules: Rules }) {
  const t = useKycText()
  const isOnline = useOnline()
  const submitting = useSubmitKyc(submission.id)
  const { documents } = rules.tiers[submission.tier]
  const of = (kind: KycDocumentKind) => submission.documents.find((one) => one.kind === kind)
  const isComplete = documents.every((kind) => {
    const one = of(kind)
    return one?.status === 'readable' && one.revision === undefined
  })
  return (
    <>
      <h2 className="text-lg font-semibold">{t('kyc.documents')}</h2>
      <ul className="flex flex-col gap-3">
        {documents.map((kind) => (
          <li key={kind}>
            <Document submissionId={submission.id} kind={kind} document={of(kind)} rules={rules} />
          </li>
        ))}
      </ul>
      <ProblemNote error={submitting.error} />
      <Button
        wide
        disabled={!isComplete || !isOnline}
        busy={submitting.isPending}
        onClick={() => submitting.mutate()}
      >
        {t('kyc.submit')}
      </Button>
      {!isComplete && <p className="text-center text-sm text-soft">{t('kyc.submit-first')}</p>}
    </>
  )
}

type DocumentProps = {
  submissionId: string
  kind: KycDocumentKind
  document: KycDocumentView | undefined
  rules: Rules
}

function Document({ submissionId, kind, document, rules }: DocumentProps) {
  const t = useKycText()
  const isOnline = useOnline()
  const { sending, choose, retry } = useUpload(submissionId, kind, rules.maxBytes)
  const id = useId()
  const isTooLarge = sending !== undefined && sending.file.size > rules.maxBytes
  const hasFile = document?.status === 'readable' && document.revision === undefined
  return (
    <Card className="flex flex-col gap-3">
      <div className="flex items-start gap-3">
        <Icon
          name={hasFile ? 'check' : kind === 'selfie' ? 'person' : 'page'}
          className={`size-6 ${hasFile ? 'text-good' : 'text-soft'}`}
        />
        <div className="min-w-0 flex-1">
          <h3 className="font-medium">{t(`kyc.document-${kind}`)}</h3>
          <p role="status" className={`text-sm ${document?.status === 'refused' ? 'text-bad' : 'text-soft'}`}>
            {sending && sending.error === undefined
              ? t('kyc.sending', { percent: Math.round(sending.progress * 100) })
              : stateText()}
          </p>
        </div>
      </div>
      {document?.revision !== undefined && !sending && <ErrorNote message={document.revision} />}
      {sending && sending.error === undefined && (
        <progress
          className="h-2 w-full accent-(--color-accent)"
          value={sending.progress}
          aria-label={t(`kyc.document-${kind}`)}
        />
      )}
      {isTooLarge ? (
        <ErrorNote message={t('kyc.too-large', { mb: Math.floor(rules.maxBytes / 1_048_576) })} />
      ) : (
        <ProblemNote error={sending?.error} />
      )}
      {document && hasFile && <DocumentPages submissionId={submissionId} document={document} />}
      <div className="flex flex-wrap gap-2">
        {sending?.error !== undefined && !isTooLarge && (
          <Button look="quiet" disabled={!isOnline} onClick={retry}>
            {t('action.retry')}
          </Button>
        )}
        <FileButton
          id={`${id}-camera`}
          icon="camera"
          text={t('kyc.photo')}
          accept="image/*"
          capture={kind === 'selfie' ? 'user' : 'environment'}
          onFile={choose}
        />
        {kind !== 'selfie' && (
          <FileButton
            id={`${id}-file`}
            icon="page"
            text={t(hasFile ? 'kyc.other-file' : 'kyc.file')}
            accept={rules.types.join(',')}
            onFile={choose}
          />
        )}
      </div>
    </Card>
  )

  function stateText(): string {
    if (!document) return t(`kyc.document-${kind}-hint`)
    if (document.status === 'refused') return t(`kyc.fault-${document.fault ?? 'unreadable'}`)
    if (document.status === 'readable')
      return t(document.revision === undefined ? 'kyc.readable' : 'kyc.again')
    return t('kyc.checking')
  }
}

type FileButtonProps = {
  id: string
  icon: 'camera' | 'page'
  text: string
  accept: string
  capture?: 'user' | 'environment'
  onFile: (file: File) => Promise<void>
}

/** A label in the shape of a button: the file input itself has the focus. */
function FileButton({ id, icon, text, accept, capture, onFile }: FileButtonProps) {
  return (
    <label
      htmlFor={id}
      className="inline-flex min-h-12 cursor-pointer items-center justify-center gap-2 rounded-full bg-sunk px-4 text-sm font-semibold hover:brightness-95 has-focus-visible:outline-3 has-focus-visible:outline-accent dark:hover:brightness-110"
    >
      <Icon name={icon} className="size-5" />
      {text}
      <input
        id={id}
        type="file"
        accept={accept}
        {...(capture ? { capture } : {})}
        className="sr-only"
        onChange={({ target }) => {
          const file = target.files?.[0]
          // The same file again is a choice too.
          target.value = ''
          if (file) void onFile(file)
        }}
      />
    </label>
  )
}
