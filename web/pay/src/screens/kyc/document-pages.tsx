// The documents that I sent, page by page: each is shown after a proof that it is me, and marked with who saw it.
import { pathOf } from '@bahi/contracts/call.ts'
import { showOwnKycPage, type KycDocumentView } from '@bahi/contracts/kyc.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { usePicture } from '@bahi/web-ui/browser/use-picture.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { useMutation } from '@tanstack/react-query'
import { fetchFile } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { withStepUp } from '../../session/step-up.ts'
import { useKycText } from './kyc-texts.ts'

type Sent = { id: string; documents: KycDocumentView[] }

export function SentDocuments({ submission: { id, documents } }: { submission: Sent }) {
  const t = useKycText()
  const readable = documents.filter(({ pages }) => pages > 0)
  if (readable.length === 0) return null
  return (
    <Card className="flex flex-col gap-3">
      <h2 className="font-semibold">{t('kyc.documents')}</h2>
      {readable.map((document) => (
        <DocumentPages key={document.id} submissionId={id} document={document} />
      ))}
    </Card>
  )
}

type PagesProps = { submissionId: string; document: KycDocumentView }

export function DocumentPages({ submissionId, document: { id, kind, pages } }: PagesProps) {
  const t = useKycText()
  const name = t(`kyc.document-${kind}`)
  return Array.from({ length: pages }, (_, at) => (
    <DocumentPage
      key={at}
      path={pathOf(showOwnKycPage.url, { id: submissionId, documentId: id, page: at + 1 })}
      label={pages === 1 ? name : t('kyc.page', { document: name, page: at + 1 })}
    />
  ))
}

function DocumentPage({ path, label }: { path: string; label: string }) {
  const t = useKycText()
  const isOnline = useOnline()
  const { url, show, hide } = usePicture()
  const loading = useMutation({
    mutationFn: () => withStepUp((proof) => fetchFile(path, { ...proof })),
    onSuccess: show,
  })
  if (url !== undefined)
    return (
      <figure className="flex flex-col gap-2">
        <img src={url} alt={label} className="w-full rounded-2xl" />
        <Button look="bare" onClick={hide}>
          {t('kyc.hide')}
        </Button>
      </figure>
    )
  return (
    <>
      <Button look="quiet" disabled={!isOnline} busy={loading.isPending} onClick={() => loading.mutate()}>
        {t('kyc.show', { document: label })}
      </Button>
      <ProblemNote error={loading.error} />
    </>
  )
}
