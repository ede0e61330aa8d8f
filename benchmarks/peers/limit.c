/* The floor of encryption: RFC 8291 in C on OpenSSL, one message at a time, a fresh key pair and salt for each.
 *
 * limit N: encrypts N messages of 300 to 1,500 bytes to 500 keys and prints the CPU seconds that they took.
 */
#include <openssl/ec.h>
#include <openssl/ecdh.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEYS = 500, POINT = 65, SECRET = 16, SALT = 16, HEAD = 86, TAG = 16, LEAST = 300, MOST = 1500 };

typedef unsigned char byte;

static EC_GROUP *group;
static EVP_CIPHER *cipher;
static EVP_CIPHER_CTX *context;

static void need(int good) {
    if (!good) {
        fputs("OpenSSL refused\n", stderr);
        exit(1);
    }
}

static double cpu(void) {
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return at.tv_sec + at.tv_nsec * 1e-9;
}

/* By SHA-256 itself: HMAC() of OpenSSL 3 looks its digest up at every call, which would flatter whoever is compared */
static void hmac(const byte *key, size_t length, const byte *text, size_t size, byte *out) {
    byte pad[SHA256_CBLOCK];
    SHA256_CTX state;
    memset(pad, 0x36, sizeof pad);
    for (size_t i = 0; i < length; i++) pad[i] ^= key[i];
    need(SHA256_Init(&state) && SHA256_Update(&state, pad, sizeof pad) && SHA256_Update(&state, text, size));
    need(SHA256_Final(out, &state));
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36 ^ 0x5c;
    need(SHA256_Init(&state) && SHA256_Update(&state, pad, sizeof pad) && SHA256_Update(&state, out, 32));
    need(SHA256_Final(out, &state));
}

/* RFC 8291 section 3.4, then one record of RFC 8188 */
static void seal(const byte *shared, const byte *receiver, const byte *secret, const byte *plain, int size, byte *out) {
    static const byte content[] = "Content-Encoding: aes128gcm\0\1", number[] = "Content-Encoding: nonce\0\1";
    byte info[14 + 2 * POINT + 1], first[32], key[32], nonce[32], delimiter = 2;
    int done, more;
    memcpy(info, "WebPush: info\0", 14);
    memcpy(info + 14, receiver, POINT);
    memcpy(info + 14 + POINT, out + 21, POINT);
    info[14 + 2 * POINT] = 1;
    hmac(secret, SECRET, shared, 32, first);
    hmac(first, 32, info, sizeof info, key);
    hmac(out, SALT, key, 32, first);
    hmac(first, 32, content, 29, key);
    hmac(first, 32, number, 25, nonce);
    need(EVP_EncryptInit_ex(context, cipher, NULL, key, nonce));
    need(EVP_EncryptUpdate(context, out + HEAD, &done, plain, size));
    need(EVP_EncryptUpdate(context, out + HEAD + done, &more, &delimiter, 1));
    need(EVP_EncryptFinal_ex(context, out + HEAD + done + more, &more));
    need(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + HEAD + size + 1));
}

static void encrypt(const byte *receiver, const byte *secret, const byte *plain, int size, byte *out) {
    byte shared[32];
    EC_KEY *own = EC_KEY_new();
    EC_POINT *theirs = EC_POINT_new(group);
    need(own != NULL && theirs != NULL && EC_KEY_set_group(own, group) && EC_KEY_generate_key(own));
    need(RAND_bytes(out, SALT));
    memcpy(out + SALT, "\0\0\x10\0\x41", 5);
    need(EC_POINT_point2oct(group, EC_KEY_get0_public_key(own), POINT_CONVERSION_UNCOMPRESSED, out + 21, POINT, NULL));
    need(EC_POINT_oct2point(group, theirs, receiver, POINT, NULL));
    need(ECDH_compute_key(shared, sizeof shared, theirs, own, NULL) == sizeof shared);
    seal(shared, receiver, secret, plain, size, out);
    EC_POINT_free(theirs);
    EC_KEY_free(own);
}

int main(int count, char **words) {
    static byte receivers[KEYS][POINT], secrets[KEYS][SECRET], plain[MOST], out[HEAD + MOST + 1 + TAG];
    int messages = count > 1 ? atoi(words[1]) : 1000;
    double start;
    group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    cipher = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
    context = EVP_CIPHER_CTX_new();
    need(group != NULL && cipher != NULL && context != NULL);
    need(RAND_bytes(secrets[0], sizeof secrets) && RAND_bytes(plain, sizeof plain));
    for (int i = 0; i < KEYS; i++) {
        EC_KEY *key = EC_KEY_new();
        const EC_POINT *point;
        need(key != NULL && EC_KEY_set_group(key, group) && EC_KEY_generate_key(key));
        point = EC_KEY_get0_public_key(key);
        need(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, receivers[i], POINT, NULL));
        EC_KEY_free(key);
    }
    start = cpu();
    for (int i = 0; i < messages; i++) {
        int place = i % KEYS;
        encrypt(receivers[place], secrets[place], plain, LEAST + (MOST - LEAST) * place / (KEYS - 1), out);
    }
    printf("%.9f\n", cpu() - start);
    return 0;
}
