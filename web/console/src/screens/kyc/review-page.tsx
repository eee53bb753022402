// A submission that is reviewed: taken first, then shown with its documents and decided, or given back.
import {
  claimKycReview,
  decideKycReview,
  releaseKycReview,
  reopenKycReview,
  showKycPage,
  showKycReview,
} from '@bahi/contracts/kyc.ts'
import { pathOf, type Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { usePicture } from '@bahi/web-ui/browser/use-picture.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from 'react-router'
import { call, fetchFile } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { useLanguage, useText } from '../../language/language.ts'

type Review = Output<typeof showKycReview>

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const params = { id }
  const client = useQueryClient()
  const review = useQuery({
    queryKey: ['kyc-review', id],
    queryFn: () => call(showKycReview, { params }),
    staleTime: Infinity,
  })
  const claiming = useMutation({
    mutationFn: () => call(claimKycReview, { params }),
    onSuccess: async (claimed) => {
      client.setQueryData(['kyc-review', id], claimed)
      await client.invalidateQueries({ queryKey: ['kyc'] })
    },
  })
  // Only who has taken it sees it.
  const isFree = review.error instanceof Problem && review.error.code === 'not-found'
  return (
    <Page title={t('kyc.one')} back="/kyc" width="wide">
      {review.isPending && <Skeleton lines={5} />}
      {review.error && !isFree && <ProblemState error={review.error} again={() => void review.refetch()} />}
      {isFree && (
        <Card className="flex flex-col items-start gap-4">
          <p>{t('kyc.take-about')}</p>
          <ProblemNote error={claiming.error} />
          <div className="flex flex-wrap gap-3">
            <Button busy={claiming.isPending} onClick={() => claiming.mutate()}>
              {t('kyc.take')}
            </Button>
            <ReasonButton
              text={t('kyc.reopen')}
              onGive={async ({ reason }) => {
                await call(reopenKycReview, { params, body: { reason } })
                await client.invalidateQueries({ queryKey: ['kyc'] })
              }}
            />
          </div>
        </Card>
      )}
      {review.data && <ReviewOf review={review.data} />}
    </Page>
  )
}

function ReviewOf({ review }: { review: Review }) {
  const t = useText()
  const { language } = useLanguage()
  const { form } = review
  const facts: Fact[] = [
    [t('kyc.name'), form.name],
    [t('kyc.born'), form.bornOn],
    [t('kyc.tier'), t(`kyc.tier-${review.tier}`)],
    ...(form.pan === undefined ? [] : [['PAN', form.pan] as const]),
    ...(form.aadhaarLast4 === undefined ? [] : [['Aadhaar', `•••• •••• ${form.aadhaarLast4}`] as const]),
    ...(form.address
      ? [[t('kyc.address'), Object.values(form.address).filter(Boolean).join(', ')] as const]
      : []),
    ...review.bankNames.map(
      ({ name, score, isMatch }) =>
        [t('kyc.bank-name'), name, t(isMatch ? 'kyc.match' : 'kyc.no-match', { score })] as const,
    ),
    [t('kyc.same-pan'), String(review.samePan)],
    [t('kyc.submitted'), formatMoment(language, review.submittedAt)],
    ...(review.reason === undefined ? [] : [[t('reason.label'), review.reason] as const]),
  ]
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <div className="flex flex-col gap-5">
        <Card>
          {review.needsSecond && <p className="mb-3 font-semibold text-wait">{t('kyc.needs-second')}</p>}
          <FactList facts={facts} />
        </Card>
        <Decision review={review} />
      </div>
      <div className="flex flex-col gap-5">
        {review.documents.map((document) => (
          <Card key={document.id}>
            <h2 className="font-semibold">{t(`kyc.document-${document.kind}`)}</h2>
            {Array.from({ length: document.pages }, (_, nth) => (
              <DocumentPage
                key={nth}
                path={pathOf(showKycPage.url, { id: review.id, documentId: document.id, page: nth + 1 })}
                label={`${t(`kyc.document-${document.kind}`)} ${nth + 1}`}
              />
            ))}
          </Card>
        ))}
      </div>
    </div>
  )
}

/** Shown when it is asked for: that it was seen is on record. */
function DocumentPage({ path, label }: { path: string; label: string }) {
  const t = useText()
  const { url, show } = usePicture()
  const loading = useMutation({
    mutationFn: () => fetchFile(path),
    onSuccess: show,
  })
  if (url !== undefined) return <img src={url} alt={label} className="mt-3 w-full rounded-2xl" />
  return (
    <div className="mt-3 flex flex-col gap-2">
      <Button look="quiet" busy={loading.isPending} onClick={() => loading.mutate()}>
        {t('kyc.show-page', { page: label })}
      </Button>
      <ProblemNote error={loading.error} />
    </div>
  )
}

function Decision({ review: { id, documents } }: { review: Review }) {
  const t = useText()
  const navigate = useNavigate()
  const client = useQueryClient()
  const params = { id }
  async function done() {
    client.removeQueries({ queryKey: ['kyc-review', id] })
    await client.invalidateQueries({ queryKey: ['kyc'] })
    void navigate('/kyc')
  }
  const approving = useMutation({
    mutationFn: () => call(decideKycReview, { params, body: { decision: 'approve' } }),
    onSuccess: done,
  })
  const releasing = useMutation({
    mutationFn: () => call(releaseKycReview, { params }),
    onSuccess: done,
  })
  return (
    <Card className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button className="min-h-11 px-4" busy={approving.isPending} onClick={() => approving.mutate()}>
          {t('kyc.approve')}
        </Button>
        <ReasonButton
          text={t('kyc.revise')}
          onGive={({ reason }) =>
            call(decideKycReview, {
              params,
              body: {
                decision: 'revise',
                reason,
                documents: documents.map(({ kind }) => ({ kind, reason })).slice(0, 10),
              },
            }).then(done)
          }
        />
        <ReasonButton
          text={t('kyc.reject')}
          onGive={({ reason }) =>
            call(decideKycReview, { params, body: { decision: 'reject', reason } }).then(done)
          }
        />
        <Button
          look="bare"
          className="min-h-11 px-2"
          busy={releasing.isPending}
          onClick={() => releasing.mutate()}
        >
          {t('kyc.release')}
        </Button>
      </div>
      <ProblemNote error={approving.error ?? releasing.error} />
    </Card>
  )
}
