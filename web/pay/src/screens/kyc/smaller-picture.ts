// Makes a photo of a camera small enough to be sent by a slow network: what a reviewer reads a card by is far less.

const enoughBytes = 1_500_000
const maxSide = 2_400

/** The file itself when it is small, no picture, or cannot be drawn here: the service says what is wrong with it. */
export async function smallerPicture(file: File): Promise<File> {
  if (file.size <= enoughBytes || !file.type.startsWith('image/')) return file
  try {
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, maxSide / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
    return drawn && drawn.size < file.size ? new File([drawn], file.name, { type: 'image/jpeg' }) : file
  } catch {
    return file
  }
}
