/* TLS for connections: our certificate towards those who call, the system's authorities towards carriers. */
#include <errno.h>
#include <signal.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "log/log.h"
#include "sip/sip_net_internal.h"

static void mode(SSL_CTX *ctx)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
}

int sip_tls_contexts(struct sip_net *net, const struct sip_config *config)
{
	/* OpenSSL writes without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	net->client = SSL_CTX_new(TLS_client_method());
	if (!net->client)
		return ENOMEM;
	mode(net->client);
	SSL_CTX_set_default_verify_paths(net->client);
	SSL_CTX_set_verify(net->client, SSL_VERIFY_PEER, NULL);
	if (config->tls_port < 0 || !config->certificate || !config->private_key)
		return 0;
	net->server = SSL_CTX_new(TLS_server_method());
	if (!net->server)
		return ENOMEM;
	mode(net->server);
	if (SSL_CTX_use_certificate_chain_file(net->server, config->certificate) != 1 ||
		SSL_CTX_use_PrivateKey_file(net->server, config->private_key, SSL_FILETYPE_PEM) !=
			1 ||
		SSL_CTX_check_private_key(net->server) != 1) {
		log_error("sip", "certificate or private key cannot be used", "openssl",
			ERR_reason_error_string(ERR_peek_last_error()), NULL);
		ERR_clear_error();
		return EINVAL;
	}
	return 0;
}

void sip_tls_release(struct sip_net *net)
{
	SSL_CTX_free(net->server);
	SSL_CTX_free(net->client);
}

static bool expect(SSL *ssl, const char *name)
{
	struct sip_inet addr;

	if (!sip_inet_parse(&addr, name, 0))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
	return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

SSL *sip_tls_new(struct sip_net *net, int fd, const char *name)
{
	SSL *ssl = SSL_new(name ? net->client : net->server);

	if (!ssl)
		return NULL;
	if (SSL_set_fd(ssl, fd) != 1 || (name && !expect(ssl, name))) {
		SSL_free(ssl);
		return NULL;
	}
	if (name)
		SSL_set_connect_state(ssl);
	else
		SSL_set_accept_state(ssl);
	return ssl;
}
