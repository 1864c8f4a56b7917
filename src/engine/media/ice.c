/* ICE-lite: answers checks and keeps the address to send to. */
#include <stdio.h>
#include <string.h>
#include "ice.h"

void ice_init(struct ice *ice, const char *ufrag, const char *pwd)
{
	memset(ice, 0, sizeof(*ice));
	snprintf(ice->ufrag, sizeof(ice->ufrag), "%s", ufrag);
	snprintf(ice->pwd, sizeof(ice->pwd), "%s", pwd);
}

void ice_set_remote(struct ice *ice, const char *ufrag)
{
	if (!strcmp(ice->remote_ufrag, ufrag))
		return;
	/* Media goes on over the old pair until a new one is nominated (RFC 8445 9). */
	if (ice->remote_ufrag[0])
		ice->nominated = false;
	snprintf(ice->remote_ufrag, sizeof(ice->remote_ufrag), "%s", ufrag);
}

void ice_restart(struct ice *ice, const char *ufrag, const char *pwd)
{
	snprintf(ice->next_ufrag, sizeof(ice->next_ufrag), "%s", ufrag);
	snprintf(ice->next_pwd, sizeof(ice->next_pwd), "%s", pwd);
}

static bool starts_with_ours(const struct stun_message *m, const char *ufrag)
{
	size_t len = strlen(ufrag);

	return len && m->username_len > len && m->username[len] == ':' &&
	       !memcmp(m->username, ufrag, len);
}

/* local:remote (RFC 8445 7.2.2). Checks may come before the answer that tells the remote half. */
static const char *password_for(struct ice *ice, const struct stun_message *m)
{
	const char *ours = ice->ufrag, *password = ice->pwd, *theirs;
	size_t len;

	if (!m->username)
		return NULL;
	if (starts_with_ours(m, ice->next_ufrag)) {
		ours = ice->next_ufrag;
		password = ice->next_pwd;
	} else if (!starts_with_ours(m, ours)) {
		return NULL;
	}
	theirs = m->username + strlen(ours) + 1;
	len = m->username_len - strlen(ours) - 1;
	if (ours == ice->ufrag && ice->remote_ufrag[0] && !ice->next_ufrag[0] &&
		(len != strlen(ice->remote_ufrag) || memcmp(theirs, ice->remote_ufrag, len) != 0))
		return NULL;
	return password;
}

static void take_next(struct ice *ice)
{
	memcpy(ice->ufrag, ice->next_ufrag, sizeof(ice->ufrag));
	memcpy(ice->pwd, ice->next_pwd, sizeof(ice->pwd));
	ice->next_ufrag[0] = ice->next_pwd[0] = '\0';
}

bool ice_is_valid(const struct ice *ice, const union net_addr *from)
{
	for (size_t i = 0; i < ice->valid_count; i++)
		if (net_addr_equal(&ice->valid[i], from))
			return true;
	return false;
}

static void remember(struct ice *ice, const union net_addr *from)
{
	if (ice_is_valid(ice, from))
		return;
	if (ice->valid_count == ICE_VALID_MAX)
		memmove(ice->valid, ice->valid + 1, --ice->valid_count * sizeof(ice->valid[0]));
	ice->valid[ice->valid_count++] = *from;
}

enum ice_result ice_datagram(struct ice *ice, const uint8_t *data, size_t len,
	const union net_addr *from, uint8_t *reply, size_t *reply_len)
{
	struct stun_message m;
	const char *password;

	if (stun_parse(&m, data, len) || m.type != STUN_REQUEST || !m.fingerprint)
		return ICE_DROP;
	if (!m.username || !m.integrity_at) {
		*reply_len = stun_write_error(reply, m.id, 400, NULL, 0, NULL);
		return ICE_REFUSED;
	}
	password = password_for(ice, &m);
	if (!password || !stun_integrity_holds(&m, data, password)) {
		*reply_len = stun_write_error(reply, m.id, 401, NULL, 0, NULL);
		return ICE_REFUSED;
	}
	if (m.unknown_count) {
		*reply_len =
			stun_write_error(reply, m.id, 420, m.unknown, m.unknown_count, password);
		return ICE_REFUSED;
	}
	if (m.controlled) { /* a lite agent is always the controlled one */
		*reply_len = stun_write_error(reply, m.id, 487, NULL, 0, password);
		return ICE_REFUSED;
	}
	*reply_len = stun_write_success(reply, m.id, from, password);
	if (password == ice->next_pwd)
		take_next(ice);
	remember(ice, from);
	if (m.use_candidate) {
		ice->selected = *from;
		ice->nominated = true;
		return ICE_NOMINATED;
	}
	if (!net_addr_is_set(&ice->selected))
		ice->selected = *from;
	return ICE_VALID;
}
