import { createPrivateKey, X509Certificate } from 'node:crypto'

/**
 * Throws when the certificate is not for the key. OpenSSL sees this for keys of one kind only: an RSA key beside an elliptic certificate
 * it takes, and then serves nobody.
 */
export function requireFit({ cert, key }: { readonly cert: string, readonly key: string }): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('the certificate is not for this key')
}
