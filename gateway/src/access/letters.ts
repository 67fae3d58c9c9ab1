import type { Mail } from '../egress/mail.ts'

/** What Sallyport writes to people. Names are foreign text: they stand in a line of their own words, never in an address. */

/** One line without control characters, short enough for a subject. */
function line(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 100)
}

export function invitationMail(
  to: string,
  { workspace, inviter, url, expiresAt }: { workspace: string; inviter: string; url: string; expiresAt: Date },
): Mail {
  return {
    to,
    subject: `Join ${line(workspace)} on Sallyport`,
    text: `${line(inviter)} invites you to the workspace "${line(workspace)}" on Sallyport.

Open this link to join. It works once, for ${to}, until ${expiresAt.toUTCString()}:

${url}

If you do not know what this is about, leave it: nothing happens.
`,
  }
}

export function recoveryMail(
  { email }: { readonly email: string },
  { url, expires_at }: { readonly url: string; readonly expires_at: string },
): Mail {
  return {
    to: email,
    subject: 'Set a new password for Sallyport',
    text: `Somebody asked for a new password for ${email} on Sallyport.

Open this link to set one. It works once, until ${new Date(expires_at).toUTCString()}:

${url}

If it was not you, leave it: your password stays as it is.
`,
  }
}
