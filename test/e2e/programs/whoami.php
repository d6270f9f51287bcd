<?php
// A service that trusts what CGI tells it: answers with every header it was given, as JSON.
$seen = array_filter($_SERVER, fn ($name) => str_starts_with($name, 'HTTP_'), ARRAY_FILTER_USE_KEY);
header('Content-Type: application/json');
echo json_encode($seen, JSON_THROW_ON_ERROR);
