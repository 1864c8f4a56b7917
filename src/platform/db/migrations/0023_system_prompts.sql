-- What the exchange says by itself; every installation needs them, in its own words if it likes.
INSERT INTO prompt (id, name, text_zh, text_en, version) VALUES
	(1, 'system.unknown_number', '您拨打的号码不存在，请核对后再拨。',
		'The number you have dialled does not exist. Please check it and call again.', 1),
	(2, 'system.unavailable', '您拨打的用户暂时无法接听，请稍后再拨。',
		'The person you are calling is not available. Please call again later.', 1),
	(3, 'system.voicemail', '座席暂时无法接听，请在提示音后留言，按井号键结束。',
		'Nobody can take your call now. Please leave a message after the tone and press hash.', 1),
	(4, 'system.thanks', '您的留言已收到，我们会尽快与您联系，再见。',
		'Your message has been received. We will call you back soon. Goodbye.', 1);
