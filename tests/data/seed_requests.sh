curl 'https://app.jaicp.com/api/calls/campaign/8231.7056.1b131df1/addPhone?phone=79110000000&gmtZone=+03:00&name=Alex'

curl --request POST 'https://app.jaicp.com/api/calls/campaign/8231.7056.1b131df1/addPhones' \
--header 'Content-Type: application/json' \
--data-raw '[
{
"phone": 79110000000,
"gmtZone": "+03:00",
"payload": {
"name": "Alex"
}
}
]'
